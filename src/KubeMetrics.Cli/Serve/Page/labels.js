import { h } from "./dom.js";
import { count, counted } from "./numbers.js";
import { name } from "./prose.js";

const SHOWN = 12;

/** The labels with their values; a value is a button that makes it a condition of the samples. */
export function labelsSection(labels, filter) {
  return h("section", { "aria-labelledby": "labels-title" },
    h("h2", { id: "labels-title" }, "Labels"),
    h("p", { class: "faint" },
      `${counted(labels.labels.length, "label")} on ${count(labels.series)} series. A click on a value filters the samples by it.`),
    h("dl", { class: "labels" }, labels.labels.map(label => h("div", null,
      h("dt", null, name(label.name),
        h("small", null, counted(label.values.length, "value"),
          label.series < labels.series && `, on ${count(label.series)} of ${count(labels.series)} series`)),
      h("dd", null, valuesOf(label, filter))))));
}

function valuesOf(label, filter) {
  const button = one => h("button", {
    type: "button", class: "value", title: `Filter by ${label.name}=${one.value}`,
    onclick: () => filter.add({ label: label.name, operator: "=", value: one.value }),
  }, h("code", null, one.value === "" ? "(empty)" : one.value),
  h("span", { class: "many" }, count(one.series), h("span", { class: "hidden" }, " series")));
  const list = h("ul", { class: "values" }, label.values.slice(0, SHOWN).map(one => h("li", null, button(one))));
  const rest = label.values.slice(SHOWN);
  if (rest.length > 0) {
    const more = h("button", { type: "button", class: "plain", onclick: () => {
      const items = rest.map(one => h("li", null, button(one)));
      more.parentElement.replaceWith(...items);
      items[0].querySelector("button").focus();
    } }, `${counted(rest.length, "more value")}`);
    list.append(h("li", null, more));
  }
  return list;
}
