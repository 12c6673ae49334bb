import { h, replace } from "./dom.js";
import { get, listOf } from "./api.js";
import * as changes from "./changes.js";
import { filterField } from "./filter.js";
import { counted } from "./numbers.js";
import { setQuery, setTitle } from "./router.js";
import { runsTable } from "./runs-table.js";
import { underWay } from "./runs.js";
import { loaded } from "./states.js";

const STATES = [
  ["", "All"], ["under-way", "Under way"], ["succeeded", "Succeeded"], ["failed", "Failed"], ["cancelled", "Cancelled"],
];

/** The runs of all datasets (or of one, where the address says so). */
export async function runsView(context) {
  const { signal, query, target } = context;
  const of = query.get("dataset");
  let limit = 50;
  let table = null;
  let filter = null;
  setTitle("Runs", of);
  const load = async () => {
    const wanted = new URLSearchParams({ limit, ...(of ? { dataset: of } : {}) });
    return listOf((await get(`/api/analysis?${wanted}`, { signal })).value);
  };
  await loaded(context, { heading: "Runs", load, draw });
  changes.on("run", run => { if (table && (!of || run.dataset === of)) table.update(run); }, signal);
  changes.on("again", async () => {
    const runs = await load().catch(() => []);
    if (!signal.aborted) for (const run of runs) table?.update(run);
  }, signal);

  function draw(runs) {
    const full = runs.length >= limit;
    table = runsTable(runs, { changed: () => filter?.apply() });
    filter = filterField({
      label: "Filter", hint: "dataset, finding, id", query, count: shown => counted(shown, "run"),
      items: () => [...table.rows.values()].filter(row => {
        const fits = fitsState(row.one);
        if (!fits) row.element.hidden = true;
        return fits;
      }).map(row => ({ element: row.element, text: row.text() })),
    });
    const older = h("button", { type: "button", hidden: !full }, "Show older runs");
    older.addEventListener("click", async () => {
      older.disabled = true;
      const before = table.list.length;
      limit *= 4;
      for (const run of await load().catch(() => [])) table.update(run);
      older.disabled = false;
      older.hidden = table.list.length < limit || table.list.length === before;
    });
    replace(target, h("div", { class: "view" },
      h("div", { class: "title-bar" },
        h("h1", { class: "page-title" }, "Runs", of && [" of ", h("span", { class: "of-dataset" }, of)]),
        of && h("a", { href: "/runs" }, "Runs of all datasets")),
      h("div", { class: "tool-bar" }, stateChoice(), filter.element),
      table.element, filter.none, h("p", null, older)));
    filter.apply();
  }

  function stateChoice() {
    const now = query.get("state") ?? "";
    return h("fieldset", { class: "segments" }, h("legend", { class: "hidden" }, "State"), STATES.map(([value, word]) =>
      h("label", null,
        h("input", { type: "radio", name: "state", value, checked: value === now, onchange: () => {
          if (value) query.set("state", value); else query.delete("state");
          setQuery(query);
          filter.apply();
        } }), h("span", null, word))));
  }

  function fitsState(run) {
    const state = query.get("state");
    return !state || (state === "under-way" ? underWay(run) : run.state === state);
  }
}
