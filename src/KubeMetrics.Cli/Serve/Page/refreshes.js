import { h, between } from "./dom.js";
import { post, idempotencyKey } from "./api.js";
import { breakable, prose } from "./prose.js";
import { reportLink } from "./report-link.js";
import { activityUrl, datasetUrl, runUrl } from "./router.js";
import { stateMark, stateWord, took, underWay } from "./runs.js";
import { cancelButton } from "./starting.js";
import { timeAgo } from "./times.js";
import { cell, head, rowHead, workTable } from "./work-table.js";

// Refreshes: a dataset's source is copied and its job done, where it has them, then it is analysed.

const REASONS = {
  asked: "Somebody asked", schedule: "Its schedule", arrival: "Something arrived", reconciliation: "Something new was found",
};

/** Why, in words. */
export const reasonWords = refresh => REASONS[refresh.reason] ?? refresh.reason;

/** Copies a dataset's source, if it has one, and analyses it. */
export const refreshNow = async dataset => (await post("/api/refresh", { dataset }, { "Idempotency-Key": idempotencyKey() })).value;

/** Refreshes as a table that follows them; `none` is shown where there are none. */
export const refreshesTable = (list, { none, changed }) => workTable(list, {
  label: "Refreshes, newest first",
  caption: "Refreshes, newest first",
  heads: [head("State"), head("Dataset"), head("Result"), head("Began"), head("Took", "number"), cell(null)],
  none,
  bar: () => null,
  cells: cellsOf,
  textOf: refresh => [
    refresh.id, refresh.dataset, refresh.ingest ?? "", refresh.job ?? "", refresh.analysis ?? "", "refresh", reasonWords(refresh), stateWord(refresh),
    refresh.problem?.detail ?? "",
  ].join(" "),
  changed,
});

const cellsOf = (refresh, { messages, update }) => [
  rowHead(h("a", { href: activityUrl(refresh.id), "data-key": "refresh" }, stateMark(refresh), h("span", { class: "hidden" }, `: refresh ${refresh.id}`))),
  cell("of", h("a", { href: datasetUrl(refresh.dataset), "data-key": "dataset" }, breakable(refresh.dataset)),
    h("small", null, reasonWords(refresh))),
  cell("result", outcomeOf(refresh), messages),
  cell("when", timeAgo(refresh.created)),
  cell("number took", underWay(refresh) ? "" : took(refresh)),
  cell("does",
    underWay(refresh) && cancelButton(refresh, messages, update, { path: "/api/refresh", what: `the refresh of ${refresh.dataset}` }),
    refresh.report && reportLink(refresh.report, { "data-key": "report" }, "Report", h("span", { class: "hidden" }, ` of refresh ${refresh.id}`))),
];

/** What it does or did, with ways to its ingest, its job and its run. */
export function outcomeOf(refresh) {
  const links = [
    refresh.ingest && h("a", { href: activityUrl(refresh.ingest), "data-key": "its-ingest" }, "its ingest"),
    refresh.job && h("a", { href: activityUrl(refresh.job), "data-key": "its-job" }, "its job"),
    refresh.analysis && h("a", { href: runUrl(refresh.analysis), "data-key": "its-run" }, "its run"),
  ].filter(Boolean);
  return [
    saysOf(refresh), refresh.problem?.remedy && h("span", { class: "grounds" }, prose(refresh.problem.remedy)),
    links.length > 0 && h("span", { class: "grounds" }, "See ", between(links.length > 2 ? ", " : " and ", links)),
  ];
}

function saysOf({ state, problem, ingest, job, analysis, reused, report, replacedBy }) {
  if (state === "replaced") return h("a", { href: activityUrl(replacedBy) }, "Another refresh does the same");
  if (state === "failed") return prose(problem?.detail ?? "It failed, and said no reason.");
  if (problem) return prose(problem.detail);
  if (state === "cancelled") return h("span", { class: "faint" }, "Stopped before its end");
  if (state === "succeeded") return !report ? "There was nothing to analyse" : reused ? "Nothing was new: the report that was there stands" : "Analysed; the report is the dataset’s latest";
  return h("span", { class: "faint" }, analysis ? "Analyses" : job ? "Runs its job" : ingest ? "Copies the source" : "Waits for its turn");
}
