import { h, replace } from "./dom.js";
import { merge } from "./runs.js";
import { scrollBox } from "./states.js";

/**
 * Work as a table that follows it, newest first. `bar(one)` is its progress or null, `cells(one, {bar, messages, update})` what
 * its row shows, `textOf(one)` what a filter looks in; `changed(one, added)` is told of what came.
 */
export function workTable(list, { label, caption, heads, none, bar, cells, textOf, changed = () => {} }) {
  const rows = new Map();
  // In a narrow window rows are drawn as blocks, which would take their roles from them: so these stand here.
  const body = h("tbody", { role: "rowgroup" });
  const table = h("table", { class: "runs", role: "table" },
    h("caption", { class: "hidden" }, caption),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, heads)),
    body);
  const box = scrollBox(label, table);
  const empty = h("div", { class: "nothing" }, none);
  const element = h("div", null, box, empty);
  for (const one of list) put(one);
  shown();
  return { element, list, rows, update };

  function update(one) {
    const added = merge(list, one);
    const known = list.find(other => other.id === one.id);
    if (added) {
      put(known);
      shown();
    } else {
      rows.get(one.id).update(known);
    }
    changed(known, added);
  }

  function put(one) {
    const row = workRow(one, { bar, cells, textOf, update });
    rows.set(one.id, row);
    const after = list[list.findIndex(other => other.id === one.id) + 1];
    body.insertBefore(row.element, rows.get(after?.id)?.element ?? null);
  }

  function shown() {
    box.hidden = list.length === 0;
    empty.hidden = list.length > 0;
  }
}

function workRow(first, { bar: barOf, cells, textOf, update: changed }) {
  const element = h("tr", { role: "row" });
  const row = { element, one: null, update, text: () => textOf(row.one) };
  let bar = null;
  let drawn = "";
  update(first);
  return row;

  function update(one) {
    row.one = one;
    const state = JSON.stringify({ ...one, progress: null });
    if (state !== drawn) {
      drawn = state;
      bar = barOf(one);
      replace(element, cells(one, { bar, messages: h("div", { class: "messages" }), update: changed }));
    }
    bar?.update(one);
  }
}

export const head = (word, className) => h("th", { scope: "col", role: "columnheader", class: className }, word);

export const cell = (className, ...content) => h("td", { role: "cell", class: className }, content);

/** The first cell of a row, which names it. */
export const rowHead = (...content) => h("th", { scope: "row", role: "rowheader" }, content);
