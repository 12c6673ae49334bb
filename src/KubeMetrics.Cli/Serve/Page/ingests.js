import { h } from "./dom.js";
import { post, idempotencyKey } from "./api.js";
import { bytes, counted } from "./numbers.js";
import { progressBar } from "./progress.js";
import { breakable, prose } from "./prose.js";
import { activityUrl, datasetUrl } from "./router.js";
import { stateMark, stateWord, took, underWay } from "./runs.js";
import { cancelButton } from "./starting.js";
import { timeAgo } from "./times.js";
import { cell, head, rowHead, workTable } from "./work-table.js";

// Ingests: copies from a dataset's source to its location, or between any two places.

const FAILURES = 3;

/** Copies a dataset's source to its location. */
export const copyNow = async dataset => (await post("/api/ingest", { dataset }, { "Idempotency-Key": idempotencyKey() })).value;

const whatOf = ingest => `Ingest of ${ingest.dataset || ingest.source}`;

/** Its progress, which follows it by `update(ingest)`. */
export const ingestBar = ingest => progressBar(ingest, whatOf(ingest));

/** A button that cancels it. */
export const cancelIngest = (ingest, messages, cancelled) =>
  cancelButton(ingest, messages, cancelled, { path: "/api/ingest", what: `the ingest of ${ingest.dataset || ingest.source}` });

/** What was done, or of a dry run what would be: "3 objects copied, 45.2 KiB; 4 there already". */
export function copiedWords({ dryRun, plan, done }) {
  if (dryRun && plan) {
    return parts([[plan.copy.objects, `would be copied, ${bytes(plan.copy.bytes)}`], [plan.delete.objects, "would be deleted"],
      [plan.same.objects, "there already"]], "would be copied");
  }
  return parts([[done.copied.objects, `copied, ${bytes(done.copied.bytes)}`], [done.same.objects, "there already"], [done.deleted, "deleted"],
    [done.gone, "gone meanwhile"], [done.failed, "could not be copied"]], "to copy");
}

function parts(counts, nothing) {
  const told = counts.filter(([number]) => number > 0);
  return told.length === 0 ? `Nothing ${nothing}` : told.map(([number, what]) => `${counted(number, "object")} ${what}`).join("; ");
}

/** Ingests as a table that follows them; `none` is shown where there are none. */
export const ingestsTable = (list, { none, changed }) => workTable(list, {
  label: "Ingests, newest first",
  caption: "Ingests, newest first",
  heads: [head("State"), head("From and to"), head("Result"), head("Asked for"), head("Took", "number"), cell(null)],
  none,
  bar: ingest => ingest.state === "running" || ingest.cancelling && underWay(ingest) ? ingestBar(ingest) : null,
  cells: cellsOf,
  textOf: ingest => [
    ingest.id, ingest.dataset, ingest.source, ingest.destination, "ingest", stateWord(ingest), ingest.partial ? "partial" : "",
    ingest.problem?.detail ?? "", ...ingest.done.failures.map(one => `${one.key} ${one.reason}`),
  ].join(" "),
  changed,
});

const cellsOf = (ingest, { bar, messages, update }) => [
  rowHead(h("a", { href: activityUrl(ingest.id), "data-key": "ingest" }, stateMark(ingest), h("span", { class: "hidden" }, `: ingest ${ingest.id}`))),
  cell("of", ingest.dataset && h("a", { href: datasetUrl(ingest.dataset), "data-key": "dataset" }, breakable(ingest.dataset)),
    h("small", { class: "places" }, h("code", null, breakable(ingest.source)), " to ", h("code", null, breakable(ingest.destination)))),
  cell("result", bar ?? resultOf(ingest), messages),
  cell("when", timeAgo(ingest.created)),
  cell("number took", underWay(ingest) ? "" : took(ingest)),
  cell("does", underWay(ingest) && cancelIngest(ingest, messages, update)),
];

function resultOf(ingest) {
  const { state, problem, done, dryRun } = ingest;
  if (state === "queued") return problem ? ["Waits to be tried again: ", prose(problem.detail)] : h("span", { class: "faint" }, "Waits for its turn");
  if (state === "replaced") return h("a", { href: activityUrl(ingest.replacedBy) }, "Another ingest does the same");
  if (state === "failed") return [prose(problem?.detail ?? "It failed, and said no reason."), problem?.remedy && h("span", { class: "grounds" }, prose(problem.remedy))];
  const words = copiedWords(ingest);
  if (state === "cancelled") return h("span", { class: "faint" }, "Stopped before its end; what was copied stays: ", words.toLowerCase());
  return [
    words, dryRun && h("span", { class: "grounds" }, "A dry run: nothing was done"),
    done.unverified > 0 && h("span", { class: "grounds" }, `${counted(done.unverified, "object")} of a source that tells no checksum`),
    done.failures.length > 0 && h("ul", { class: "failures" },
      done.failures.slice(0, FAILURES).map(one => h("li", null, h("code", null, breakable(one.key)), ": ", prose(one.reason))),
      done.failed > FAILURES && h("li", { class: "faint" }, `and ${counted(done.failed - FAILURES, "more", "more")}`)),
  ];
}
