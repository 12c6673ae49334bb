import { h, replace } from "./dom.js";
import { counted } from "./numbers.js";
import { progressBar } from "./progress.js";
import { finding, name, plain, prose } from "./prose.js";
import { reportLink } from "./report-link.js";
import { datasetUrl, runUrl } from "./router.js";
import { partialMark, underWay } from "./runs.js";
import { cancelButton, startButton } from "./starting.js";
import { day, timeAgo } from "./times.js";
import { lastValue, sparkline } from "./trend.js";

/** What is wrong where a dataset has a problem: of its dumps or of its reports, which the sentence that follows names. */
export const OUT_OF_REACH = "A place of this dataset can’t be reached";

/** A dataset in the list; `update(dataset, runs)` follows it without taking the focus from anything. */
export function datasetRow(dataset, runs) {
  const found = h("div", { class: "found" });
  const course = h("div", { class: "course" });
  const work = h("div", { class: "work" });
  const actions = h("div", { class: "actions" });
  const messages = h("div", { class: "messages" });
  const element = h("li", null,
    h("article", { class: "dataset" },
      h("div", { class: "says" }, h("h2", null, h("a", { href: datasetUrl(dataset.name) }, dataset.name)), found, work, messages),
      course, actions));
  const row = { element, dataset: null, update, text };
  let bar = null;
  let drawn = {};
  update(dataset, runs);
  return row;

  function update(now, known) {
    row.dataset = now;
    const run = now.running?.map(id => known.get(id)).filter(Boolean).filter(underWay).at(-1) ?? null;
    once("found", [now.latest, now.problem, now.lastRun?.state, now.lastRun?.id], () => {
      replace(found, foundOf(now));
      replace(course, courseOf(now.latest?.trend));
    });
    once("work", [run?.id, run?.cancelling], () => {
      bar = run && progressBar(run);
      replace(work, run && [bar, h("p", { class: "links" }, h("a", { href: runUrl(run.id) }, "Show this run"))]);
    });
    bar?.update(run);
    once("actions", [now.latest?.page, run?.id, run?.cancelling], () => {
      replace(actions,
        now.latest?.page && reportLink(now.latest.page, { class: "button strong", "data-key": "open" }, "Open report",
          h("span", { class: "hidden" }, ` of ${now.name}`)),
        run
          ? cancelButton(run, messages, cancelled => update(row.dataset, known.set(cancelled.id, cancelled)))
          : startButton("Analyze now", () => ({ dataset: now.name }), messages, {
            of: now.name,
            started: begun => update({ ...row.dataset, running: [...row.dataset.running ?? [], begun.id] }, known.set(begun.id, begun)),
          }));
    });
  }

  function once(part, state, draw) {
    const text = JSON.stringify(state);
    if (drawn[part] === text) return;
    drawn = { ...drawn, [part]: text };
    draw();
  }

  function text() {
    return [row.dataset.name, ...(row.dataset.latest?.findings ?? []).map(plain)].join(" ");
  }
}

function foundOf({ latest, lastRun, problem }) {
  const failed = !problem && lastRun?.own && lastRun.state === "failed" && lastRun.problem;
  return [
    latest
      ? [h("p", { class: "headline" }, latest.findings?.length > 0 ? finding(latest.findings[0]) : "Nothing was found."), factsOf(latest)]
      : !problem && !failed && h("p", { class: "faint" }, "Not analysed yet."),
    problem && h("p", { class: "trouble" }, h("strong", null, OUT_OF_REACH, ". "),
      prose([problem.detail, problem.remedy].filter(Boolean).join(" "))),
    failed && h("p", { class: "trouble" }, h("strong", null, "The last analysis failed. "), prose(failed.detail), " ",
      h("a", { href: runUrl(lastRun.id) }, "What to do")),
  ];
}

export function factsOf(latest) {
  const { from, to } = latest.period ?? {};
  return h("p", { class: "facts" },
    latest.partial && h("span", null, partialMark()),
    from && h("span", null, day(from) === day(to) ? day(from) : `${day(from)} – ${day(to)}`),
    h("span", null, counted(latest.samples, "sample"), " in ", counted(latest.groups, "group")),
    h("span", null, "report made ", timeAgo(latest.generated)));
}

function courseOf(trend) {
  const line = trend && sparkline(trend);
  if (!line) return null;
  return [
    line,
    h("p", null,
      h("span", { class: "now" }, lastValue(trend)),
      h("span", { class: "of" }, trend.group ? name(trend.group) : "median")),
  ];
}
