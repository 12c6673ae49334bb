import { h, replace } from "./dom.js";
import { counted, bytes } from "./numbers.js";
import { optionsLine } from "./options.js";
import { progressBar } from "./progress.js";
import { breakable, finding, plain, prose, sentenceOf } from "./prose.js";
import { reportLink } from "./report-link.js";
import { datasetUrl, runUrl } from "./router.js";
import { merge, stateMark, stateWord, took, underWay } from "./runs.js";
import { cancelButton } from "./starting.js";
import { scrollBox } from "./states.js";
import { timeAgo } from "./times.js";

/** Runs as a table that follows them; `of` is the dataset where it is of one alone. `changed()` is told of additions. */
export function runsTable(list, { of = null, changed = () => {} }) {
  const runs = list;
  const rows = new Map();
  // In a narrow window rows are drawn as blocks, which would take their roles from them: so these stand here.
  const body = h("tbody", { role: "rowgroup" });
  const table = h("table", { class: "runs", role: "table" },
    h("caption", { class: "hidden" }, of ? `Runs of ${of}, newest first` : "Runs of all datasets, newest first"),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
      ["State", !of && "Dataset", "Result", "Asked for"].filter(Boolean).map(word => head(word)),
      head("Took", "number"), head("Inputs", "number"), cell(null))),
    body);
  const box = scrollBox(of ? `Runs of ${of}` : "Runs", table);
  const none = h("p", { class: "nothing" }, "No run yet.");
  const element = h("div", null, box, none);
  for (const run of runs) put(run);
  shown();
  return { element, runs, rows, update };

  function update(run) {
    const added = merge(runs, run);
    const known = runs.find(one => one.id === run.id);
    if (added) {
      put(known);
      shown();
    } else {
      rows.get(run.id).update(known);
    }
    changed(known, added);
  }

  function put(run) {
    const row = runRow(run, !of, update);
    rows.set(run.id, row);
    const after = runs[runs.findIndex(one => one.id === run.id) + 1];
    body.insertBefore(row.element, rows.get(after?.id)?.element ?? null);
  }

  function shown() {
    box.hidden = runs.length === 0;
    none.hidden = runs.length > 0;
  }
}

function runRow(first, withDataset, changed) {
  const element = h("tr", { role: "row" });
  const row = { element, run: null, update, text: () => textOf(row.run) };
  let bar = null;
  let drawn = "";
  update(first);
  return row;

  function update(run) {
    row.run = run;
    const state = JSON.stringify({ ...run, progress: null });
    if (state !== drawn) {
      drawn = state;
      bar = run.state === "running" || run.cancelling && underWay(run) ? progressBar(run) : null;
      replace(element, cells(run));
    }
    bar?.update(run);
  }

  function cells(run) {
    const messages = h("div", { class: "messages" });
    return [
      h("th", { scope: "row", role: "rowheader" }, h("a", { href: runUrl(run.id), "data-key": "run" }, stateMark(run),
        h("span", { class: "hidden" }, `: run ${run.id}`))),
      withDataset && cell("of", h("a", { href: datasetUrl(run.dataset), "data-key": "dataset" }, breakable(run.dataset))),
      cell("result", bar ?? resultOf(run),
        !run.own && h("span", { class: "grounds" }, "Other options: ", optionsLine(run.options)), messages),
      cell("when", timeAgo(run.created)),
      cell("number took", underWay(run) ? "" : took(run)),
      cell("number", run.inputs && [counted(run.inputs.count, "input"), h("small", null, bytes(run.inputs.bytes))]),
      cell("does",
        underWay(run) && cancelButton(run, messages, changed),
        run.report && reportLink(run.report, { "data-key": "report" }, "Report", h("span", { class: "hidden" }, ` of run ${run.id}`)),
        run.reportDeleted && h("span", { class: "faint" }, "no longer kept")),
    ];
  }
}

const head = (word, className) => h("th", { scope: "col", role: "columnheader", class: className }, word);

const cell = (className, ...content) => h("td", { role: "cell", class: className }, content);

function resultOf(run) {
  if (run.state === "failed") return prose(run.problem?.detail ?? "It failed, and said no reason.");
  if (run.state === "replaced") return h("a", { href: runUrl(run.replacedBy) }, "Another run does the same work");
  if (run.state === "queued") return h("span", { class: "faint" }, "Waits for its turn");
  if (run.state === "cancelled") return h("span", { class: "faint" }, "Stopped before its end");
  if (run.findings.length === 0) return h("span", { class: "faint" }, "Nothing was found");
  const { says, grounds } = sentenceOf(run.findings[0]);
  return h("span", { class: "headline-short", title: grounds }, finding(says));
}

const textOf = run => [
  run.id, run.dataset, stateWord(run), run.partial ? "partial" : "", run.own ? "" : optionsLine(run.options),
  ...run.findings.map(plain), run.problem?.detail ?? "",
].join(" ");
