import { h } from "./dom.js";

/**
 * A link to a report. It lies outside of this page, in a sandbox: by being told where it was opened from, which no other link
 * tells, it can offer the way back.
 */
export const reportLink = (href, attributes, ...children) => h("a", { href, referrerpolicy: "same-origin", ...attributes }, ...children);
