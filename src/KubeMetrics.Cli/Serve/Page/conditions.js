import { h, newId, replace } from "./dom.js";
import { format, OPERATORS, parse } from "./matchers.js";
import { icon } from "./icons.js";
import { count } from "./numbers.js";

const SUGGESTED = 500;

/** Rows of label, operator, value. `changed()` is called when one changes; `conditions()` are those that are filled in. */
export function conditionRows(labels, where, own, changed) {
  const list = h("ul", { class: "conditions" });
  const none = h("p", { class: "faint" }, "No condition: every series counts.");
  const names = labels.labels.map(label => label.name);
  const add = h("button", { type: "button" }, icon("add"), "Add a condition");
  add.addEventListener("click", () => {
    append({ label: names[0] ?? "", operator: "=", value: "" }, true);
    tell();
  });
  const reset = h("button", { type: "button", class: "plain" }, "Use the dataset’s own");
  reset.addEventListener("click", () => {
    fill(own);
    tell();
    add.focus();
  });
  const element = h("div", null, list, none, h("p", { class: "row-actions" }, add, reset));
  let rows = [];
  fill(where);
  return { element, conditions };

  function fill(texts) {
    rows = [];
    replace(list);
    for (const text of texts) append(parse(text));
    shown();
  }

  function conditions() {
    return rows.map(row => row.read()).filter(one => one.label !== "");
  }

  function tell() {
    shown();
    changed();
  }

  function shown() {
    none.hidden = rows.length > 0;
    const now = conditions().map(format).join("\n");
    reset.hidden = now === own.join("\n");
  }

  function append(condition, focus = false) {
    const row = conditionRow(condition, labels, names, tell, () => {
      const at = rows.indexOf(row);
      rows.splice(at, 1);
      row.element.remove();
      tell();
      (rows[Math.min(at, rows.length - 1)]?.element.querySelector("button") ?? add).focus();
    });
    rows.push(row);
    list.append(row.element);
    if (focus) row.element.querySelector("select").focus();
  }
}

function conditionRow(condition, labels, names, changed, removed) {
  const id = newId("values");
  const values = h("datalist", { id });
  const known = names.includes(condition.label) ? names : [condition.label, ...names];
  const label = h("select", { "aria-label": "Label", onchange: () => { suggest(); changed(); } },
    known.map(name => h("option", { value: name, selected: name === condition.label }, name)));
  const operator = h("select", { "aria-label": "Comparison", onchange: changed },
    OPERATORS.map(([sign, words]) => h("option", { value: sign, selected: sign === condition.operator }, `${sign}  ${words}`)));
  const value = h("input", {
    type: "text", "aria-label": "Value", list: id, value: condition.value, placeholder: "empty", autocomplete: "off", spellcheck: "false",
    oninput: changed,
  });
  const off = h("button", {
    type: "button", class: "square", "aria-label": "Remove this condition", title: "Remove", onclick: removed,
  }, icon("remove"));
  suggest();
  return {
    element: h("li", null, label, operator, value, values, off),
    read: () => ({ label: label.value, operator: operator.value, value: value.value }),
  };

  function suggest() {
    const own = labels.labels.find(one => one.name === label.value)?.values ?? [];
    replace(values, own.slice(0, SUGGESTED).map(one => h("option", { value: one.value, label: `${count(one.series)} series` })));
  }
}
