import { h, replace } from "./dom.js";
import { get } from "./api.js";
import { datasetFailed, datasetHeader } from "./dataset-header.js";
import { labelsSection } from "./labels.js";
import { matcherFilter } from "./matcher-filter.js";
import { metricsTable } from "./metrics-table.js";
import { count } from "./numbers.js";
import { previewTable } from "./preview-table.js";
import { prose } from "./prose.js";
import { setQuery, setTitle } from "./router.js";
import { lookedInto } from "./runs.js";
import { loaded, problemBox } from "./states.js";
import { announce } from "./announce.js";

const LIMITS = [50, 200, 1000];

/** What is in the dumps: metrics, labels with their values, and the first samples. */
export async function dataView(context) {
  const { params: [name], query, signal, target } = context;
  const path = `/api/datasets/${encodeURIComponent(name)}`;
  setTitle("Data", name);
  await loaded(context, {
    heading: name,
    load: () => Promise.all([
      get(`${path}/labels`, { signal }).then(answer => answer.value),
      preview().then(value => ({ value }), problem => { if (problem.name === "AbortError") throw problem; return { problem }; }),
    ]),
    draw,
    failed: problem => datasetFailed(name, "data", problem),
  });

  async function preview() {
    const wanted = new URLSearchParams({ limit: limit() });
    for (const one of query.getAll("where")) wanted.append("where", one);
    return (await get(`${path}/preview?${wanted}`, { signal })).value;
  }

  function limit() {
    const asked = Number(query.get("limit"));
    return LIMITS.includes(asked) ? asked : LIMITS[0];
  }

  function draw([labels, first]) {
    const samples = h("div", { class: "samples" });
    const filter = matcherFilter(labels, query.getAll("where"), where => {
      query.delete("where");
      for (const one of where) query.append("where", one);
      again();
    });
    const rows = h("select", { id: "limit", onchange: () => { query.set("limit", rows.value); again(); } },
      LIMITS.map(number => h("option", { value: number, selected: number === limit() }, count(number))));
    show(first);
    replace(target, h("div", { class: "view" },
      datasetHeader(name, "data"),
      inputsWords(labels.inputs),
      problems(labels.problems),
      h("section", { "aria-labelledby": "metrics-title" }, h("h2", { id: "metrics-title" }, "Metrics"), metricsTable(labels.metrics)),
      labelsSection(labels, filter),
      h("section", { "aria-labelledby": "samples-title" },
        h("div", { class: "title-bar" }, h("h2", { id: "samples-title" }, "Samples"),
          h("div", { class: "filter" }, h("label", { for: "limit" }, "Rows"), rows)),
        filter.element, samples)));
    let asked = 0;

    async function again() {
      const mine = ++asked;
      setQuery(query);
      samples.setAttribute("aria-busy", "true");
      let answer;
      try {
        answer = { value: await preview() };
      } catch (problem) {
        answer = { problem };
      }
      // Answers may overtake one another: only the last question's counts.
      if (mine !== asked || signal.aborted) return;
      samples.removeAttribute("aria-busy");
      show(answer);
      if (answer.value) announce(`${count(answer.value.rows.length)} samples`);
    }

    function show({ value, problem }) {
      replace(samples, problem
        ? problemBox(problem, { title: problem.title ?? "The samples can’t be shown", level: "h3" })
        : [value.problems?.length > labels.problems?.length && problems(value.problems), previewTable(value)]);
    }
  }
}

const inputsWords = inputs => inputs && h("p", { class: "faint looked" }, `Looked into ${lookedInto(inputs)}.`);

const problems = sentences => sentences?.length > 0 && h("div", { class: "banner" },
  h("strong", null, "Some inputs could not be read."), h("ul", null, sentences.map(one => h("li", null, prose(one)))));
