import { h, add, replace } from "./dom.js";
import { get, listOf } from "./api.js";
import { announce } from "./announce.js";
import * as changes from "./changes.js";
import { copyable } from "./copy.js";
import { cancelIngest, copiedWords, copyNow, ingestBar } from "./ingests.js";
import { outcomeOf, reasonWords, refreshNow } from "./refreshes.js";
import { activityUrl } from "./router.js";
import { merge, stateMark, underWay } from "./runs.js";
import { askButton } from "./starting.js";
import { timeAgo, timeUntil } from "./times.js";

/** How a dataset is kept fresh: what refreshes it, its last refresh, and the buttons; `copying` is the ingest under way. */
export function freshness(of, signal) {
  const lists = { refresh: [], ingest: [] };
  const settings = h("div");
  const last = h("div", { class: "last-refresh" });
  const messages = h("div", { class: "messages" });
  const copying = h("div", { class: "copying" });
  const element = h("div", null, settings, messages, last);
  let bar = null;
  let drawn = "";
  for (const kind of ["refresh", "ingest"]) changes.on(kind, work => { if (work.dataset === of) put(kind, work); }, signal);
  changes.on("again", load, signal);
  load();
  return { element, copying, draw };

  async function load() {
    try {
      for (const [kind, list] of await Promise.all(["refresh", "ingest"].map(async kind => [kind, listOf((await get(`/api/${kind}`, { signal })).value)])))
        for (const work of list.toReversed()) if (work.dataset === of) put(kind, work);
    } catch {
      // What was last is no more than a help; the page does without.
    }
  }

  function put(kind, work) {
    merge(lists[kind], work);
    show();
  }

  function show() {
    const [refresh] = lists.refresh;
    const ingest = lists.ingest.find(underWay) ?? null;
    const text = JSON.stringify([refresh, lists.ingest[0], ingest?.id].map(one => one?.progress ? { ...one, progress: null } : one));
    if (text !== drawn) {
      drawn = text;
      bar = ingest && ingestBar(ingest);
      replace(copying, ingest && h("section", { class: "panel", "aria-label": "Ingest under way" }, bar,
        h("p", { class: "links" }, h("a", { href: activityUrl(ingest.id) }, "Show this ingest")),
        h("div", { class: "actions" }, cancelIngest(ingest, messages, now => put("ingest", now)))));
      replace(last, refresh && lastOf("Last refresh", refresh, [reasonWords(refresh), ". ", outcomeOf(refresh)]),
        lists.ingest[0] && !underWay(lists.ingest[0]) && lastOf("Last ingest", lists.ingest[0], lists.ingest[0].problem?.detail ?? copiedWords(lists.ingest[0])));
    }
    bar?.update(ingest);
  }

  function draw(dataset) {
    const list = h("dl");
    const terms = [
      ["Arrivals", dataset.watch ? "refresh it" : "are not looked for"],
      ["Schedule", dataset.schedule ? h("code", null, dataset.schedule) : "none"],
      dataset.nextRun && ["Next", timeUntil(dataset.nextRun)],
      dataset.source && ["Source", copyable(dataset.source, "the source")],
      dataset.job && ["Job", copyable(dataset.job, "where its job writes what is analysed")],
    ];
    for (const [term, words] of terms.filter(Boolean)) add(list, [h("dt", null, term), h("dd", null, words)]);
    replace(settings, h("h2", { class: "label", id: "fresh-title" }, "How it is kept fresh"), list,
      h("div", { class: "actions" },
        askButton("Refresh now", of, async () => {
          put("refresh", await refreshNow(of));
          announce(`Refresh of ${of} asked for`);
        }, messages, { key: "refresh" }),
        dataset.source && askButton("Copy now", of, async () => {
          put("ingest", await copyNow(of));
          announce(`Ingest of ${of} asked for`);
        }, messages, { key: "copy" })));
  }
}

const lastOf = (title, work, outcome) => h("div", null,
  h("h3", null, h("a", { href: activityUrl(work.id), "data-key": title }, title)),
  h("p", { class: "facts" }, h("span", null, stateMark(work)), h("span", null, timeAgo(work.created))),
  h("p", null, outcome));
