import { h } from "./dom.js";
import { icon } from "./icons.js";
import { datasetUrl, reload } from "./router.js";
import { problemBox } from "./states.js";

const TABS = [["", "Overview"], ["data", "Data"], ["analyze", "Analyze"]];

/** Name and tabs of a dataset; the heading says, to those who hear it, which tab this is. */
export function datasetHeader(name, tab, facts, actions) {
  return h("header", { class: "dataset-header" },
    back(),
    h("div", { class: "title-bar" },
      h("h1", { class: "page-title" }, name, tab && h("span", { class: "hidden" }, `: ${tab}`)),
      actions),
    facts,
    h("nav", { class: "tabs", "aria-label": "Of this dataset" }, h("ul", null, TABS.map(([path, word]) =>
      h("li", null, h("a", { href: datasetUrl(name, path), "aria-current": path === tab ? "page" : null }, word))))));
}

/** A dataset that can't be shown, or is none: then there is nothing of it to turn to, but a way back. */
export function datasetFailed(name, tab, problem) {
  return h("div", { class: "view" },
    problem.status === 404 ? h("header", null, back(), h("h1", { class: "page-title" }, name)) : datasetHeader(name, tab),
    problemBox(problem, { retry: problem.status === 404 ? null : reload }));
}

const back = () => h("p", { class: "crumb" }, h("a", { href: "/" }, icon("back"), "Datasets"));
