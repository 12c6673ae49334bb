import { h } from "./dom.js";
import { count, duration } from "./numbers.js";
import { name } from "./prose.js";
import { scrollBox } from "./states.js";
import { minute, timeAt } from "./times.js";

const KINDS = { gauge: "gauge", counter: "counter", quantile: "quantile over time" };

/** The metrics: what kind, how many, how often, since when. */
export const metricsTable = metrics => metrics.length === 0
  ? h("p", { class: "nothing" }, "No metric was found.")
  : scrollBox("Table of metrics", h("table", { class: "metrics" },
    h("caption", { class: "hidden" }, "Metrics"),
    h("thead", null, h("tr", null,
      h("th", { scope: "col" }, "Metric"), h("th", { scope: "col" }, "Kind"),
      ["Series", "Samples", "Every"].map(word => h("th", { scope: "col", class: "number" }, word)),
      h("th", { scope: "col" }, "From, to (UTC)"))),
    h("tbody", null, metrics.map(metric => h("tr", null,
      h("th", { scope: "row" }, name(metric.name || "(no name)")),
      h("td", null, KINDS[metric.kind] ?? metric.kind),
      h("td", { class: "number" }, count(metric.series)),
      h("td", { class: "number" }, count(metric.samples)),
      h("td", { class: "number" }, metric.intervalSeconds ? duration(metric.intervalSeconds) : ""),
      h("td", { class: "when" }, metric.from && metric.to && [fromTo(metric.from), " – ", fromTo(metric.to)]))))));

const fromTo = time => timeAt(time, minute(time));
