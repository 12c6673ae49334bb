import { h, replace } from "./dom.js";
import * as changes from "./changes.js";
import { prose } from "./prose.js";
import { reload } from "./router.js";
import { copyable } from "./copy.js";

// The states that every view has: loading, failed, empty.

/** Loads what a view needs and draws it; what takes longer than a moment has its place drawn meanwhile. */
export async function loaded({ target, signal, arrive }, { heading, load, draw, failed }) {
  const timer = setTimeout(() => {
    if (signal.aborted) return;
    target.setAttribute("aria-busy", "true");
    replace(target, skeleton(heading));
    arrive();
  }, 300);
  try {
    const values = await load();
    if (signal.aborted) return;
    draw(values);
  } catch (error) {
    if (signal.aborted || error.name === "AbortError") return;
    const box = () => h("div", { class: "view" }, h("h1", { class: "page-title" }, heading), problemBox(error, { retry: reload }));
    replace(target, failed?.(error) ?? box());
    // What could not be had while the host was away is asked for when it is back.
    changes.on("again", reload, signal);
    if (!error.title) throw error;
  } finally {
    clearTimeout(timer);
    if (!signal.aborted) target.removeAttribute("aria-busy");
  }
  arrive();
}

const skeleton = heading => h("div", { class: "view" },
  h("h1", { class: "page-title" }, heading),
  h("p", { class: "hidden" }, "Loading"),
  h("div", { class: "skeleton", "aria-hidden": "true" }, [1, 2, 3].map(() => h("div", null, h("i"), h("i"), h("i")))));

/** What went wrong, why, and what to do. */
export function problemBox(problem, { title, retry = null, actions = [], level = "h2" } = {}) {
  const detail = problem.detail ?? (problem.title ? null : problem.message);
  return h("section", { class: "problem", role: "alert" },
    h(level, null, title ?? problem.title ?? "Something went wrong"),
    detail && h("p", null, prose(detail)),
    problem.remedy && h("p", { class: "remedy" }, prose(problem.remedy)),
    // Whoever asked wrongly needs no log.
    problem.traceId && problem.status >= 500
      && h("p", { class: "faint" }, "In the log this is ", copyable(problem.traceId, "the trace id")),
    (retry || actions.length > 0) && h("div", { class: "actions" },
      retry && h("button", { type: "button", onclick: retry }, "Try again"), actions));
}

/** A box that a table scrolls in; it can be reached and named, so that keys can scroll it. */
export const scrollBox = (label, table, className) =>
  h("div", { class: ["scroll", className], tabindex: "0", role: "region", "aria-label": label }, table);
