import { h, replace } from "./dom.js";
import { get, listOf } from "./api.js";
import * as changes from "./changes.js";
import { copyBlock } from "./copy.js";
import { filterField } from "./filter.js";
import { ingestsTable } from "./ingests.js";
import { jobsTable } from "./jobs.js";
import { deadLetters, notificationsTable } from "./notifications.js";
import { counted } from "./numbers.js";
import { breakable } from "./prose.js";
import { refreshesTable } from "./refreshes.js";
import { datasetUrl, setTitle } from "./router.js";
import { newer, underWay } from "./runs.js";
import { loaded, scrollBox } from "./states.js";
import { short, timeUntil } from "./times.js";
import { cell, head, rowHead } from "./work-table.js";

// Notifications and dead letters come by no stream: they are asked for while somebody looks.
const LOOK_EVERY = 4000;

/** What goes on by itself: refreshes, ingests, schedules, what buckets told of, and what of it could not be read. */
export async function activityView(context) {
  const { signal, query, target } = context;
  // What the stream tells while the lists are on their way is later than they are.
  const early = { ingest: new Map(), refresh: new Map(), job: new Map() };
  let parts = null;
  let datasets = [];
  setTitle("Activity");
  for (const kind of ["ingest", "refresh", "job"]) {
    changes.on(kind, work => {
      if (parts) parts[kind].update(work);
      else early[kind].set(work.id, newer(early[kind].get(work.id), work));
      if (parts && kind === "refresh" && !underWay(work)) look({ schedules: true });
    }, signal);
  }

  await loaded(context, { heading: "Activity", load, draw });
  if (!parts) return;
  changes.on("again", async () => {
    const all = await load().catch(() => null);
    if (all && !signal.aborted) update(all);
  }, signal);
  const timer = setInterval(() => { if (!document.hidden) look(); }, LOOK_EVERY);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });

  async function load() {
    const [ingests, refreshes, jobs, notified, letters, all] = await Promise.all(
      ["ingest", "refresh", "jobs", "notifications", "dead-letters", "datasets"].map(async what => listOf((await get(`/api/${what}`, { signal })).value)));
    return { ingests, refreshes, jobs, notified, letters, datasets: all };
  }

  async function look({ schedules = false } = {}) {
    try {
      const [notified, letters] = await Promise.all(["notifications", "dead-letters"].map(async what => listOf((await get(`/api/${what}`, { signal })).value)));
      const passed = datasets.some(dataset => dataset.nextRun && new Date(dataset.nextRun) < Date.now());
      const all = schedules || passed ? listOf((await get("/api/datasets", { signal })).value) : datasets;
      if (!signal.aborted) update({ notified, letters, datasets: all });
    } catch {
      // The next look tries again; that the connection is lost is said above.
    }
  }

  function draw(all) {
    datasets = all.datasets;
    let filter = null;
    const changed = () => filter?.apply();
    const made = {
      refresh: refreshesTable(all.refreshes, { none: noRefresh(datasets), changed }),
      ingest: ingestsTable(all.ingests, { none: noIngest(datasets), changed }),
      job: jobsTable(all.jobs, { changed }),
      letters: deadLetters(h("p", null, "None: all that came could be read."), changed, () => look()),
      notified: notificationsTable(noNotification(datasets), changed),
      next: h("div"),
    };
    parts = made;
    filter = filterField({
      label: "Filter", hint: "dataset, object, reason, id", query, count: shown => counted(shown, "entry", "entries"),
      items: () => [
        ...[made.refresh, made.ingest, made.job].flatMap(table => [...table.rows.values()].map(row => ({ element: row.element, text: row.text() }))),
        ...made.letters.items(), ...made.notified.items(),
      ],
    });
    replace(target, h("div", { class: "view activity" },
      h("div", { class: "title-bar" }, h("h1", { class: "page-title" }, "Activity"), filter.element),
      filter.none,
      section("Refreshes", "A dataset’s source is copied and its job done, where it has them, then it is analysed.", made.refresh.element),
      section("Ingests", "Copies from one place to another, checked on the way.", made.ingest.element),
      section("Jobs", "What the Spark cluster does, or the host in process.", made.job.element),
      section("Next by schedule", null, made.next),
      section("Dead letters", "What buckets told of and nobody could read.", made.letters.element),
      section("Notifications", "What buckets told this host since it started, the last hundred.", made.notified.element)));
    update(all);
    for (const kind of ["ingest", "refresh", "job"]) for (const work of early[kind].values()) made[kind].update(work);
    filter.apply();
  }

  function update({ ingests = [], refreshes = [], jobs = [], notified, letters, datasets: all }) {
    for (const one of ingests) parts.ingest.update(one);
    for (const one of refreshes) parts.refresh.update(one);
    for (const one of jobs) parts.job.update(one);
    parts.notified.update(notified);
    parts.letters.update(letters);
    if (all !== datasets || !parts.next.hasChildNodes()) replace(parts.next, nextOf(all));
    datasets = all;
  }
}

function section(title, what, ...content) {
  const id = `${title.toLowerCase().replaceAll(" ", "-")}-title`;
  return h("section", { "aria-labelledby": id }, h("h2", { id }, title), what && h("p", { class: "faint" }, what), content);
}

function nextOf(datasets) {
  const scheduled = datasets.filter(dataset => dataset.nextRun).sort((a, b) => a.nextRun < b.nextRun ? -1 : 1);
  if (scheduled.length === 0) {
    return h("div", { class: "nothing" },
      h("p", null, "No dataset has a schedule. To refresh one every day at 06:00 UTC, set and start the host again:"),
      copyBlock(`export Datasets__${nameOf(datasets)}__Schedule='0 0 6 * * *'`, "the setting of a schedule"));
  }
  return scrollBox("The next refreshes by schedule", h("table", { class: "runs", role: "table" },
    h("caption", { class: "hidden" }, "The next refreshes by schedule, the earliest first"),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, [head("Dataset"), head("Schedule"), head("Next")])),
    h("tbody", { role: "rowgroup" }, scheduled.map(dataset => h("tr", { role: "row" },
      rowHead(h("a", { href: datasetUrl(dataset.name), "data-key": dataset.name }, breakable(dataset.name))),
      cell("result", h("code", null, dataset.schedule)),
      cell("when", timeUntil(dataset.nextRun), h("small", null, short(dataset.nextRun))))))));
}

const nameOf = (datasets, fits = () => true) => (datasets.find(fits) ?? datasets[0])?.name ?? "NAME";

const noRefresh = datasets => [
  h("p", null, "No refresh yet. One begins when something arrives in a watched bucket, when a schedule says so, by “Refresh now” on a dataset’s page, or by:"),
  copyBlock(`curl -X POST ${location.origin}/api/refresh -H 'Content-Type: application/json' -d '{"dataset":"${nameOf(datasets)}"}'`, "the command for a refresh", { narrow: true }),
];

function noIngest(datasets) {
  const sourced = datasets.find(dataset => dataset.source);
  return sourced
    ? [h("p", null, "No ingest yet. To copy a dataset’s source to its location, press “Copy now” on its page, or:"), copyBlock(`kubemetrics ingest ${sourced.name}`, "the command for an ingest")]
    : [h("p", null, "No ingest yet, and no dataset has a source to copy from. Any two places will do:"),
      copyBlock("kubemetrics ingest s3://public-bucket/kube-metrics s3://ceph-bucket/kube-metrics", "the command for an ingest", { narrow: true })];
}

const noNotification = datasets => [
  h("p", null, "None has come to this host. To have Ceph tell it what arrives in a dataset’s bucket:"),
  copyBlock(`kubemetrics notifications set ${nameOf(datasets, dataset => dataset.location.startsWith("s3://"))}`, "the command that has Ceph notify"),
];
