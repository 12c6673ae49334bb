import { h, replace } from "./dom.js";
import { count, counted, exact } from "./numbers.js";
import { scrollBox } from "./states.js";

/** The first samples as a table. Labels that are the same in every row say nothing in one: they can be shown. */
export function previewTable({ rows, labels }) {
  if (rows.length === 0) return h("p", { class: "nothing" }, "No sample matches.");
  const same = labels.filter(label => rows.every(row => row.labels[label] === rows[0].labels[label]));
  const varying = labels.filter(label => !same.includes(label));
  const box = h("div");
  let all = varying.length === 0;
  draw();
  return box;

  function draw() {
    const columns = all ? [...varying, ...same] : varying;
    replace(box,
      scrollBox("Table of samples", h("table", { class: "preview" },
        h("caption", { class: "hidden" }, `The first ${counted(rows.length, "sample")}`),
        h("thead", null, h("tr", null,
          h("th", { scope: "col" }, "Time (UTC)"), h("th", { scope: "col", class: "number" }, "Value"),
          columns.map(label => h("th", { scope: "col" }, h("code", null, label))))),
        h("tbody", null, rows.map(row => h("tr", null,
          h("th", { scope: "row" }, row.time.replace("T", " ").replace(/(\.000)?Z$/, "")),
          h("td", { class: "number" }, exact(row.value)),
          columns.map(label => h("td", null, row.labels[label] ?? "")))))), "tall"),
      h("p", { class: "faint below" }, `The first ${counted(rows.length, "sample")}. `,
        varying.length > 0 && same.length > 0 && [
          all ? "" : `${counted(same.length, "label")} ${same.length === 1 ? "is" : "are"} the same in every row. `,
          h("button", { type: "button", class: "plain", "data-key": "same", onclick: () => { all = !all; draw(); } },
            all ? "Hide what is the same in every row" : `Show ${same.length === 1 ? "it" : `all ${count(labels.length)}`}`),
        ]));
  }
}
