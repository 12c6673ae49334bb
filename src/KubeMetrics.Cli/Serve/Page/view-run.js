import { h, add, replace } from "./dom.js";
import { get } from "./api.js";
import * as changes from "./changes.js";
import { copyable } from "./copy.js";
import { icon } from "./icons.js";
import { optionTerms, sameAgain, toQuery } from "./options.js";
import { percent } from "./numbers.js";
import { progressBar } from "./progress.js";
import { finding } from "./prose.js";
import { reportLink } from "./report-link.js";
import { datasetUrl, go, note, runUrl, setTitle } from "./router.js";
import { inputsWords, newer, stateMark, took, underWay } from "./runs.js";
import { againButton, cancelButton, doneBefore, start } from "./starting.js";
import { loaded, problemBox } from "./states.js";
import { timeAgo } from "./times.js";

/** One run: what it is doing, or what became of it. */
export async function runView(context) {
  const { params: [id], signal, target } = context;
  let run = null;
  let bar = null;
  let drawn = "";
  let dataset = null;
  const parts = { header: h("div"), messages: h("div", { class: "messages" }), body: h("div", { class: "outcome" }), options: h("div") };
  setTitle(`Run ${id}`);

  const load = async () => (await get(runUrl(id).replace("/runs/", "/api/analysis/"), { signal })).value;
  await loaded(context, { heading: "Run", load, draw, failed: error => error.status === 404 ? gone(id, error) : null });
  if (!run) return;
  changes.on("run", now => { if (now.id === id) update(now); }, signal);
  changes.on("again", async () => {
    const now = await load().catch(() => null);
    if (now && !signal.aborted) update(now);
  }, signal);
  // How the dataset's own options differ makes the address of the form shorter; the page does without where it can't be told.
  dataset = (await get(`/api/datasets/${encodeURIComponent(run.dataset)}`, { signal }).catch(() => null))?.value ?? null;
  if (!signal.aborted) replace(parts.options, optionsOf());

  function draw(now) {
    update(now);
    replace(target, h("div", { class: "view" }, parts.header, parts.messages,
      h("div", { class: "beside" }, parts.body, h("aside", { "aria-labelledby": "options-title" }, parts.options))));
    if (note() === "done before") {
      const all = async () => go(runUrl((await start(sameAgain(run, true))).run.id));
      replace(parts.messages, doneBefore(run, () => all().catch(error => replace(parts.messages, problemBox(error)))));
    }
  }

  function update(now) {
    run = newer(run, now);
    const state = JSON.stringify({ ...run, progress: null });
    if (state !== drawn) {
      drawn = state;
      redraw();
    }
    bar?.update(run);
    setTitle(bar && run.progress ? `${percent(run.progress.fraction)}` : null, `Analysis of ${run.dataset}`);
  }

  function redraw() {
    bar = underWay(run) ? progressBar(run) : null;
    replace(parts.header, headerOf());
    replace(parts.body, bodyOf());
    replace(parts.options, optionsOf());
    bar?.update(run);
  }

  function headerOf() {
    return h("header", { class: "dataset-header" },
      h("p", { class: "crumb" }, h("a", { href: datasetUrl(run.dataset) }, icon("back"), run.dataset)),
      h("div", { class: "title-bar" },
        h("h1", { class: "page-title" }, "Analysis of ", h("span", { class: "of-dataset" }, run.dataset)),
        h("div", { class: "actions" }, actionsOf())),
      h("p", { class: "facts" },
        h("span", null, stateMark(run)),
        h("span", null, "asked for ", timeAgo(run.created)),
        run.finished && took(run) && h("span", null, "took ", took(run)),
        run.inputs && h("span", null, inputsWords(run.inputs)),
        run.attempt > 1 && h("span", null, `attempt ${run.attempt}`),
        h("span", null, "run ", copyable(run.id, "the run’s id"))));
  }

  function actionsOf() {
    const started = begun => go(runUrl(begun.id));
    if (underWay(run)) return cancelButton(run, parts.messages, update);
    return [
      run.report && reportLink(run.report, { class: "button primary", "data-key": "open" }, "Open report"),
      ["succeeded", "cancelled"].includes(run.state) && againButton("Analyze again", run, parts.messages, { started, key: "again" }),
    ];
  }

  function bodyOf() {
    const started = begun => go(runUrl(begun.id));
    if (underWay(run)) {
      return h("section", { class: "panel", "aria-label": "Progress" }, bar,
        h("p", { class: "faint" }, run.cancelling
          ? "It stops at the next point where that does no harm; nothing half done stays."
          : "It goes on when this page is closed, and after a restart of the host."));
    }
    if (run.state === "failed") {
      return problemBox(run.problem ?? { detail: "It said no reason." }, {
        title: "This analysis failed",
        actions: [againButton("Try again", run, parts.messages, { started, primary: true, key: "again" })],
      });
    }
    if (run.state === "cancelled") {
      return h("section", null, h("h2", null, "Cancelled"), h("p", null, "It was stopped before its end, and left no report."));
    }
    if (run.state === "replaced") {
      return h("section", null, h("h2", null, "Replaced"),
        h("p", null, "Another run does the same work: ", h("a", { href: runUrl(run.replacedBy) }, "follow that one"), "."));
    }
    return foundOf(run);
  }

  function optionsOf() {
    const list = h("dl");
    const terms = optionTerms(run.options, { own: run.own });
    if (run.force) terms.push(["Forced", "done again though it had been done"]);
    if (run.runId) terms.push(["Report", copyable(run.runId, "the report’s id")]);
    for (const [term, words] of terms) add(list, [h("dt", null, term), h("dd", null, words)]);
    const query = dataset && !run.own ? toQuery(dataset, run.options, false).toString() : "";
    return [
      h("h2", { class: "label", id: "options-title" }, "What was asked for"), list,
      h("p", null, h("a", {
        href: datasetUrl(run.dataset, "analyze") + (query && `?${query}`), "data-key": "differently",
      }, "Analyze differently")),
    ];
  }
}

function foundOf(run) {
  const [first, ...rest] = run.findings.slice(0, 5);
  return h("section", { "aria-labelledby": "findings-title" },
    h("h2", { class: "label", id: "findings-title" }, "Findings"),
    run.reportDeleted && h("p", { class: "notice" },
      "The report is no longer kept: it was deleted to make room for newer ones, or for its age. What it found first stays here; ",
      "to have it again, analyze again."),
    run.reused && h("p", { class: "faint" }, "The report was there already: the same inputs and options had been analysed before."),
    h("p", { class: "lead" }, first ? finding(first) : "Nothing was found."),
    rest.length > 0 && h("ul", { class: "findings" }, rest.map(one => h("li", null, finding(one)))),
    run.partial && h("p", { class: "warn" }, "This report is partial: some inputs could not be read. It names them."));
}

function gone(id, problem) {
  setTitle("No such run");
  return h("div", { class: "view" },
    h("h1", { class: "page-title" }, "This run is not here any more"),
    h("p", null, "Runs are kept for a while and then forgotten; what they found stays in the reports. ",
      "It may also be that there never was a run ", h("code", null, id), "."),
    problem.remedy && h("p", { class: "faint" }, problem.remedy),
    h("p", null, h("a", { href: "/runs" }, "All runs"), " · ", h("a", { href: "/" }, "All datasets")));
}
