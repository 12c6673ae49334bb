import { h, newId, replace } from "./dom.js";
import { icon } from "./icons.js";
import { format, parse } from "./matchers.js";

const SUGGESTED = 500;

/** Conditions as chips, and a field to add one; `changed(where)` is told of each change. */
export function matcherFilter(labels, where, changed) {
  const id = newId("matcher");
  let conditions = where.map(parse).filter(Boolean);
  const chips = h("ul", { class: "chips" });
  const error = h("p", { class: "field-error", id: `${id}-error`, role: "alert", hidden: true });
  const suggestions = h("datalist", { id: `${id}-list` },
    labels.labels.flatMap(({ name, values }) => values.map(({ value }) => format({ label: name, operator: "=", value })))
      .slice(0, SUGGESTED).map(value => h("option", { value })));
  const field = h("input", {
    type: "text", id, list: `${id}-list`, placeholder: "label=value", autocomplete: "off", spellcheck: "false",
    "aria-describedby": `${id}-hint ${id}-error`,
  });
  const form = h("form", { class: "matcher-filter", onsubmit: event => {
    event.preventDefault();
    if (field.value.trim() === "") return;
    const condition = parse(field.value);
    error.hidden = condition !== null;
    field.toggleAttribute("aria-invalid", condition === null);
    if (!condition) {
      error.textContent = `“${field.value}” is no condition: write label=value, label!=value, label=~expression or label!~expression.`;
      return;
    }
    field.value = "";
    put(condition);
  } },
  h("label", { for: id }, "Only where"), chips, field, suggestions,
  h("button", { type: "submit" }, "Add"),
  h("span", { class: "hidden", id: `${id}-hint` }, "A condition such as label=value, label!=value, label=~expression or label!~expression"),
  error);
  draw();
  return { element: form, add: put };

  function put(condition) {
    if (conditions.some(one => format(one) === format(condition))) return;
    // A label that is to be one value can't be another one too.
    if (condition.operator === "=") conditions = conditions.filter(one => one.label !== condition.label || one.operator !== "=");
    conditions.push(condition);
    draw();
    changed(conditions.map(format));
  }

  function draw() {
    chips.hidden = conditions.length === 0;
    replace(chips, conditions.map(condition => h("li", { class: "chip" }, h("code", null, format(condition)),
      h("button", { type: "button", "aria-label": `Remove the condition ${format(condition)}`, onclick: () => {
        conditions = conditions.filter(one => one !== condition);
        draw();
        if (conditions.length === 0) field.focus();
        changed(conditions.map(format));
      } }, icon("remove")))));
  }
}
