import { s } from "./dom.js";

// Small drawings beside words, never instead of them.
const PATHS = {
  queued: ["circle"],
  submitted: ["circle"],
  running: ["circle", "M8 4.5V8l2.5 1.5"],
  succeeded: ["M3.5 8.5l3 3 6-7"],
  failed: ["M4.5 4.5l7 7M11.5 4.5l-7 7"],
  lost: ["M4.5 4.5l7 7M11.5 4.5l-7 7"],
  cancelled: ["M4 8h8"],
  replaced: ["M3.5 8h9M9 4.5L12.5 8 9 11.5"],
  remove: ["M4.5 4.5l7 7M11.5 4.5l-7 7"],
  add: ["M8 3.5v9M3.5 8h9"],
  back: ["M12.5 8h-9M7 4.5L3.5 8 7 11.5"],
};

export const icon = name => s("svg", { class: `icon icon-${name}`, viewBox: "0 0 16 16", "aria-hidden": "true" },
  PATHS[name].map(path => path === "circle" ? s("circle", { cx: 8, cy: 8, r: 5.5 }) : s("path", { d: path })));
