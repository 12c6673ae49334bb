import { h, replace } from "./dom.js";
import { get } from "./api.js";
import { copyBlock } from "./copy.js";
import { bytes, counted } from "./numbers.js";
import { progressBar } from "./progress.js";
import { breakable, prose } from "./prose.js";
import { activityUrl, datasetUrl } from "./router.js";
import { stateMark, stateWord, took, underWay } from "./runs.js";
import { cancelButton } from "./starting.js";
import { problemBox, scrollBox } from "./states.js";
import { timeAgo } from "./times.js";
import { cell, head, rowHead, workTable } from "./work-table.js";

// Jobs, on the Spark cluster or in process.

const KINDS = { copy: "Copy", etl: "ETL", query: "Query", summary: "Summary", probe: "Probe" };

/** Jobs as a table that follows them. */
export const jobsTable = (list, { changed }) => workTable(list, {
  label: "Jobs, newest first",
  caption: "Jobs, newest first",
  heads: [head("State"), head("What"), head("Result"), head("Asked for"), head("Took", "number"), cell(null)],
  none: [
    h("p", null, "No job yet. Jobs run on the Spark cluster that the settings name (Spark:Cluster), or in process:"),
    copyBlock("kubemetrics job submit job.json", "the command for a job", { narrow: true }),
  ],
  bar: job => job.state === "running" || job.state === "submitted" ? progressBar(job, `Job ${job.id}`) : null,
  cells: cellsOf,
  textOf: job => [
    job.id, "job", KINDS[job.job.kind], job.dataset, job.job.engine ?? "", stateWord(job), job.driver ?? "", job.application ?? "", job.problem?.detail ?? "", job.job.sql ?? "",
    ...placesOf(job),
  ].join(" "),
  changed,
});

const placesOf = ({ job }) => [...job.inputs.map(input => input.location), ...(job.output ? [job.output.location] : [])];

const cellsOf = (job, { bar, messages, update }) => [
  rowHead(h("a", { href: activityUrl(job.id), "data-key": "job" }, stateMark(job), h("span", { class: "hidden" }, `: job ${job.id}`))),
  cell("of", KINDS[job.job.kind] ?? job.job.kind, whatOf(job),
    job.dataset && h("small", null, "of ", h("a", { href: datasetUrl(job.dataset), "data-key": "dataset" }, breakable(job.dataset)))),
  cell("result", bar, resultOf(job), messages),
  cell("when", timeAgo(job.created)),
  cell("number took", underWay(job) ? "" : took(job)),
  cell("does",
    underWay(job) && cancelButton(job, messages, update, { path: "/api/jobs", what: `the job ${job.id}` }),
    job.driver && logButton(job, messages)),
];

function whatOf({ job }) {
  const from = job.inputs.map(input => h("code", null, breakable(input.location)));
  return [
    job.sql && h("small", null, h("code", null, breakable(job.sql))),
    from.length > 0 && h("small", { class: "places" }, from.flatMap((place, i) => i ? [", ", place] : [place]),
      job.output && [" to ", h("code", null, breakable(job.output.location))]),
  ];
}

function resultOf({ state, problem, result, driver, vanished, job }) {
  if (state === "failed" || state === "lost") {
    return [prose(problem?.detail ?? "It failed, and said no reason."), problem?.remedy && h("span", { class: "grounds" }, prose(problem.remedy))];
  }
  if (state === "cancelled") return h("span", { class: "faint" }, job.output ? "Given up; what it wrote is not complete" : "Given up");
  const grounds = [problem && prose(problem.detail), job.engine === "in-process" && "in process", driver && `${driver}${vanished > 0 ? `, after ${counted(vanished, "driver")} vanished` : ""}`].filter(Boolean);
  return [
    state === "queued" && !problem && h("span", { class: "faint" }, "Waits for its turn"),
    result && resultWords(result),
    grounds.map(text => h("span", { class: "grounds" }, text)),
  ];
}

function resultWords({ records, corrupt, files, bytes: size, hosts, spark, columns, groupCount }) {
  const words = [
    spark && `Spark ${spark}`,
    hosts && counted(Object.keys(hosts).length, "host"),
    Number.isFinite(groupCount) ? `${counted(groupCount, "group")} of ${counted(records, "series", "series")}` : Number.isFinite(records) && counted(records, "record"),
    Number.isFinite(files) && `${counted(files, "file")}, ${bytes(size)}`,
    columns && !Number.isFinite(records) && counted(columns.length, "column"),
  ].filter(Boolean).join("; ");
  return [words || "Done", corrupt > 0 && h("span", { class: "grounds" }, `${counted(corrupt, "record")} could not be read, and ${corrupt === 1 ? "was" : "were"} left out`)];
}

/** A button that shows the end of what its driver wrote, and hides it again. */
function logButton(job, messages) {
  const button = h("button", { type: "button", "data-key": "log", "aria-expanded": "false" }, "Log", h("span", { class: "hidden" }, ` of job ${job.id}`));
  button.addEventListener("click", async () => {
    const shown = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!shown));
    if (shown) return replace(messages);
    try {
      const { value } = await get(`/api/jobs/${encodeURIComponent(job.id)}/log`);
      const text = [value.output, value.errors].filter(Boolean).join("\n").trim();
      replace(messages, scrollBox(`Log of job ${job.id}`, h("pre", null, text || "It has written nothing, or it is not to be had any more."), "log"));
    } catch (problem) {
      replace(messages, problemBox(problem, { level: "h3" }));
    }
  });
  return button;
}
