import { h } from "./dom.js";
import { counted, bytes } from "./numbers.js";
import { optionsLine } from "./options.js";
import { progressBar } from "./progress.js";
import { breakable, finding, plain, prose, sentenceOf } from "./prose.js";
import { reportLink } from "./report-link.js";
import { datasetUrl, runUrl } from "./router.js";
import { stateMark, stateWord, took, underWay } from "./runs.js";
import { cancelButton } from "./starting.js";
import { timeAgo } from "./times.js";
import { cell, head, rowHead, workTable } from "./work-table.js";

/** Runs as a table that follows them; `of` is the dataset where it is of one alone. `changed()` is told of additions. */
export function runsTable(list, { of = null, changed }) {
  return workTable(list, {
    label: of ? `Runs of ${of}` : "Runs",
    caption: of ? `Runs of ${of}, newest first` : "Runs of all datasets, newest first",
    heads: [
      ["State", !of && "Dataset", "Result", "Asked for"].filter(Boolean).map(word => head(word)),
      head("Took", "number"), head("Inputs", "number"), cell(null)],
    none: "No run yet.",
    bar: run => run.state === "running" || run.cancelling && underWay(run) ? progressBar(run) : null,
    cells: (run, parts) => cellsOf(run, !of, parts),
    textOf,
    changed,
  });
}

const cellsOf = (run, withDataset, { bar, messages, update }) => [
  rowHead(h("a", { href: runUrl(run.id), "data-key": "run" }, stateMark(run),
    h("span", { class: "hidden" }, `: run ${run.id}`))),
  withDataset && cell("of", h("a", { href: datasetUrl(run.dataset), "data-key": "dataset" }, breakable(run.dataset))),
  cell("result", bar ?? resultOf(run),
    !run.own && h("span", { class: "grounds" }, "Other options: ", optionsLine(run.options)), messages),
  cell("when", timeAgo(run.created)),
  cell("number took", underWay(run) ? "" : took(run)),
  cell("number", run.inputs && [counted(run.inputs.count, "input"), h("small", null, bytes(run.inputs.bytes))]),
  cell("does",
    underWay(run) && cancelButton(run, messages, update),
    run.report && reportLink(run.report, { "data-key": "report" }, "Report", h("span", { class: "hidden" }, ` of run ${run.id}`)),
    run.reportDeleted && h("span", { class: "faint" }, "no longer kept")),
];

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
