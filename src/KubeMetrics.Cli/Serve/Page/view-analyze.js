import { h, add, newId, replace } from "./dom.js";
import { get } from "./api.js";
import { conditionRows } from "./conditions.js";
import { copyBlock } from "./copy.js";
import { datasetFailed, datasetHeader } from "./dataset-header.js";
import { format, seriesMatching } from "./matchers.js";
import { count, counted } from "./numbers.js";
import { commandLine, fromQuery, optionTerms, requestBody, toQuery } from "./options.js";
import { go, runUrl, setQuery, setTitle } from "./router.js";
import { lookedInto } from "./runs.js";
import { start } from "./starting.js";
import { loaded, problemBox } from "./states.js";
import { timeFields } from "./time-fields.js";

const UNITS = [
  ["", "as the metric’s name tells"], ["us", "microseconds"], ["ms", "milliseconds"], ["s", "seconds"], ["bytes", "bytes"],
  ["ratio", "ratio"], ["percent", "percent"], ["none", "none: bare numbers"],
];

/** The form that builds an analysis out of the labels that are there. */
export async function analyzeView(context) {
  const { params: [name], query, signal, target } = context;
  setTitle("Analyze", name);
  const path = `/api/datasets/${encodeURIComponent(name)}`;
  const load = () => Promise.all([
    get(path, { signal }).then(answer => answer.value),
    // Labels help; where they can't be had, the form still works, and says why it knows none.
    get(`${path}/labels`, { signal }).then(answer => ({ labels: answer.value }),
      problem => { if (problem.name === "AbortError") throw problem; return { problem }; }),
  ]);
  await loaded(context, {
    heading: name,
    load,
    draw: ([dataset, { labels, problem }]) => replace(target, h("div", { class: "view" },
      datasetHeader(name, "analyze"), problem && problemBox(problem, { title: "The labels can’t be read" }),
      form(dataset, labels, query, problem))),
    failed: problem => datasetFailed(name, "analyze", problem),
  });
}

function form(dataset, answer, query, said) {
  const labels = answer ?? { series: 0, labels: [], inputs: null };
  const { options, force } = fromQuery(dataset, query);
  const own = dataset.where ?? [];
  const rows = conditionRows(labels, options.where, own, changed);
  const groupBy = groupSelect(labels, options.groupBy, changed);
  const times = timeFields(options, changed);
  const unit = h("select", { id: newId("unit"), onchange: changed },
    withOther(UNITS, options.unit).map(([value, words]) => h("option", { value, selected: value === (options.unit ?? "") }, words)));
  const raw = checkbox("Counters as they stand", "not as rates per second", options.raw, changed);
  const forced = checkbox("Do it again", "even where the same inputs and options have been analysed", force, changed);
  const matching = h("p", { class: "matching", role: "status" });
  const summary = h("dl");
  const command = copyBlock("", "the command line", { narrow: true });
  const messages = h("div", { class: "messages" });
  const button = h("button", { type: "submit", class: "primary" }, "Analyze");
  changed(null);

  return h("form", { class: "analyze", onsubmit: submit },
    h("div", { class: "fields" },
      field("Groups", [h("label", { class: "hidden", for: groupBy.id }, "Group by"), groupBy],
        "Each value of this label becomes a group with charts and a trend of its own."),
      field("Conditions", rows.element, "Only series for which all of these hold. Expressions match the whole value."),
      field("Time", times.element),
      field("Unit of the values", [h("label", { class: "hidden", for: unit.id }, "Unit"), unit]),
      field("Besides", [raw.element, forced.element])),
    h("aside", { class: "about-to", "aria-labelledby": "about-to" },
      h("h2", { class: "label", id: "about-to" }, "What will be analysed"),
      summary, matching,
      messages,
      h("div", { class: "actions" }, button),
      h("h3", null, "The same on the command line"),
      command));

  function read() {
    return {
      where: rows.conditions().map(format), groupBy: groupBy.value, ...times.read(), unit: unit.value || null, raw: raw.input.checked,
    };
  }

  function changed(event) {
    const now = read();
    replace(summary);
    for (const [term, words] of optionTerms(now)) add(summary, [h("dt", null, term), h("dd", null, words)]);
    const series = answer ? seriesMatching(rows.conditions(), labels) : null;
    matching.hidden = series === null;
    matching.classList.toggle("warn", series === 0);
    const text = series === null ? "" : matchingWords(series, labels);
    if (matching.textContent !== text) matching.textContent = text;
    command.update(commandLine(dataset.location, now, forced.input.checked));
    if (event !== null) setQuery(toQuery(dataset, now, forced.input.checked));
  }

  async function submit(event) {
    event.preventDefault();
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    replace(messages);
    try {
      const { run, done } = await start(requestBody(dataset, read(), forced.input.checked));
      go(runUrl(run.id), { note: done ? "done before" : null });
    } catch (problem) {
      // What is said above, of the labels, needs no saying twice.
      replace(messages, said && problem.detail === said.detail
        ? h("p", { class: "warn", role: "alert" }, "It can’t be analysed, for the reason said above.")
        : problemBox(problem, { level: "h3" }));
      button.removeAttribute("aria-disabled");
      messages.scrollIntoView({ block: "nearest" });
    }
  }
}

function matchingWords(series, labels) {
  const { read, count: all, partly } = labels.inputs ?? {};
  const where = read < all || partly ? ", of those in what was looked into: " + lookedInto(labels.inputs) : "";
  return `${count(series)} of ${count(labels.series)} series ${series === 1 ? "matches" : "match"}${where}.`
    + (series === 0 ? " There would be nothing to analyse." : "");
}

function groupSelect(labels, now, changed) {
  const known = labels.labels.map(label => [label.name, `${label.name} (${counted(label.values.length, "value")})`]);
  return h("select", { id: newId("group"), onchange: changed },
    (known.some(([name]) => name === now) ? known : [[now, `${now} (no series has it)`], ...known])
      .map(([value, words]) => h("option", { value, selected: value === now }, words)));
}

const withOther = (choices, value) => !value || choices.some(([known]) => known === value) ? choices : [...choices, [value, value]];

const field = (legend, content, hint) => h("fieldset", { class: "field" },
  h("legend", null, legend), hint && h("p", { class: "hint" }, hint), content);

function checkbox(word, hint, checked, changed) {
  const input = h("input", { type: "checkbox", checked, onchange: changed });
  return { input, element: h("label", { class: "check" }, input, h("span", null, word, h("span", { class: "faint" }, `, ${hint}`))) };
}
