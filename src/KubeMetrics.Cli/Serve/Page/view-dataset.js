import { h, add, between, replace } from "./dom.js";
import { get, listOf } from "./api.js";
import * as changes from "./changes.js";
import { trendChart } from "./chart.js";
import { copyable } from "./copy.js";
import { datasetFailed, datasetHeader } from "./dataset-header.js";
import { factsOf, OUT_OF_REACH } from "./dataset-row.js";
import { freshness } from "./freshness.js";
import { optionTerms, ownOptions } from "./options.js";
import { progressBar } from "./progress.js";
import { finding, name } from "./prose.js";
import { reportLink } from "./report-link.js";
import { datasetUrl, reload, runUrl, setTitle } from "./router.js";
import { runsTable } from "./runs-table.js";
import { underWay } from "./runs.js";
import { againButton, cancelButton, startButton } from "./starting.js";
import { loaded, problemBox } from "./states.js";
import { lastValue } from "./trend.js";

/** A dataset: what was found, how it went over time, its options, its runs. */
export async function datasetView(context) {
  const { params: [of], signal, target } = context;
  setTitle(of);
  const parts = {};
  let dataset = null;
  let table = null;
  let drawn = {};
  const fresh = freshness(of, signal);

  const load = async () => {
    const [own, runs] = await Promise.all([
      get(`/api/datasets/${encodeURIComponent(of)}`, { signal }),
      get(`/api/analysis?dataset=${encodeURIComponent(of)}&limit=50`, { signal }),
    ]);
    return [own.value, listOf(runs.value)];
  };
  await loaded(context, { heading: of, load, draw, failed: problem => datasetFailed(of, "", problem) });
  if (!dataset) return;
  changes.on("run", run => { if (run.dataset === of) follow(run); }, signal);
  changes.on("dataset", now => { if (now.name === of) update({ ...dataset, ...now }); }, signal);
  changes.on("again", async () => {
    const [now, runs] = await load().catch(() => []);
    if (!now || signal.aborted) return;
    for (const run of runs) table.update(run);
    update(now);
  }, signal);

  function draw([now, runs]) {
    table = runsTable(runs, { of, changed: () => update(dataset) });
    for (const part of ["header", "messages", "work", "found", "course", "options"]) parts[part] = h("div", { class: part });
    parts.filter = h("a", { class: "aside-link", href: `/runs?dataset=${encodeURIComponent(of)}` }, "Filter these runs");
    update(now);
    replace(target, h("div", { class: "view" },
      parts.header, parts.messages, parts.work, fresh.copying,
      h("div", { class: "beside" },
        h("div", null, parts.found, parts.course),
        h("div", null,
          h("aside", { "aria-labelledby": "options-title" }, parts.options),
          h("aside", { "aria-labelledby": "fresh-title" }, fresh.element))),
      h("section", { "aria-labelledby": "runs-title" },
        h("div", { class: "title-bar" }, h("h2", { id: "runs-title" }, "Runs"),
          parts.filter),
        table.element)));
  }

  function follow(run) {
    table.update(run);
    update(dataset);
  }

  function update(now) {
    dataset = now;
    parts.filter.hidden = table.list.length === 0;
    const run = table.list.find(underWay) ?? null;
    const last = table.list.find(one => one.own) ?? null;
    once("header", [now.latest, run?.id, run?.cancelling], () => replace(parts.header, headerOf(now, run)));
    once("work", [run?.id, run?.cancelling, !run && last?.id, !run && last?.state], () => {
      parts.bar = run && progressBar(run);
      replace(parts.work, run ? workOf(run) : last?.state === "failed" && failedOf(last));
    });
    parts.bar?.update(run);
    once("found", [now.latest, now.problem], () => {
      replace(parts.found, foundOf(now));
      replace(parts.course, courseOf(now.latest?.trend));
    });
    const { latest, lastRun, running, problem, ...settings } = now;
    once("options", settings, () => {
      replace(parts.options, optionsOf(now));
      fresh.draw(now);
    });
  }

  function once(part, state, drawPart) {
    const text = JSON.stringify(state);
    if (drawn[part] === text) return;
    drawn = { ...drawn, [part]: text };
    drawPart();
  }

  function headerOf(now, run) {
    const actions = h("div", { class: "actions" },
      now.latest?.page && reportLink(now.latest.page, { class: "button primary", "data-key": "open" }, "Open report"),
      run
        ? cancelButton(run, parts.messages, follow)
        : startButton("Analyze now", () => ({ dataset: of }), parts.messages, { started: follow, primary: !now.latest }));
    return datasetHeader(of, "", now.latest && factsOf(now.latest), actions);
  }

  function workOf(run) {
    return h("section", { class: "panel", "aria-label": "Under way" }, parts.bar,
      h("p", { class: "links" }, h("a", { href: runUrl(run.id) }, "Show this run")));
  }

  function failedOf(run) {
    return problemBox(run.problem ?? {}, {
      title: "The last analysis failed",
      actions: [
        againButton("Try again", run, parts.messages, { started: follow, key: "again" }),
        h("a", { class: "button", href: runUrl(run.id) }, "Show this run"),
      ],
    });
  }
}

function foundOf({ latest, problem }) {
  return [problem && problemBox(problem, { title: OUT_OF_REACH, retry: reload }), findingsOf(latest, problem)];
}

function findingsOf(latest, problem) {
  if (!latest) {
    return !problem && h("section", { class: "nothing-yet" }, h("h2", null, "Not analysed yet"),
      h("p", null, "The first analysis says what drifts, what dropped, when and by how much."));
  }
  const [first, ...rest] = (latest.findings ?? []).slice(0, 5);
  return h("section", { "aria-labelledby": "findings-title" },
    h("h2", { class: "label", id: "findings-title" }, "Findings"),
    h("p", { class: "lead" }, first ? finding(first) : "Nothing was found."),
    rest.length > 0 && h("ul", { class: "findings" }, rest.map(one => h("li", null, finding(one)))),
    latest.partial && h("p", { class: "warn" }, "This report is partial: some inputs could not be read. It names them."));
}

function courseOf(trend) {
  const value = lastValue(trend);
  if (value === null) return null;
  return h("section", { "aria-labelledby": "trend-title" },
    h("div", { class: "chart-title" },
      h("h2", { id: "trend-title" }, trend.group ? name(trend.group) : "Trend", " over time"),
      h("p", null, "median, last ", h("strong", null, value))),
    trendChart(trend));
}

function optionsOf(dataset) {
  const list = h("dl");
  const terms = [
    ["Location", copyable(dataset.location, "the location")],
    ...optionTerms(ownOptions(dataset)),
    ["Engine", dataset.engine],
    ["Reports", copyable(dataset.reports, "where reports are")],
  ];
  for (const [term, words] of terms.filter(Boolean)) add(list, [h("dt", null, term), h("dd", null, words)]);
  return [
    h("h2", { class: "label", id: "options-title" }, "How it is analysed"), list,
    h("p", null, between(" · ", [
      h("a", { href: datasetUrl(dataset.name, "analyze") }, "Analyze differently"),
      h("a", { href: datasetUrl(dataset.name, "data") }, "Look at the data"),
    ])),
  ];
}
