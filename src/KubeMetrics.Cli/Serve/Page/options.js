import { between } from "./dom.js";
import { name } from "./prose.js";
import { short, timeAt } from "./times.js";
import { format, parse } from "./matchers.js";

// What an analysis is asked to do: in words, as a command, and as the body of a request.

const WINDOW = /^(\d+)([smhdwy])$/;
const UNITS = { s: "second", m: "minute", h: "hour", d: "day", w: "week", y: "year" };

/** "30 days" for "30d"; what is more complicated stays as it is. */
function windowWords(window) {
  const match = WINDOW.exec(window ?? "");
  if (!match) return window;
  const [, number, unit] = match;
  return number === "1" ? UNITS[unit] : `${number} ${UNITS[unit]}s`;
}

/** Conditions as code. */
export const conditions = where =>
  where.length === 0 ? "every series" : between(" and ", where.map(name));

/** Terms and what they are, for a list of definitions. */
export function optionTerms(options, { own = null } = {}) {
  const terms = [
    ["Series", conditions(options.where ?? [])],
    ["Groups", ["by ", name(options.groupBy)]],
    ["Time", timeWords(options)],
  ];
  if (options.unit) terms.push(["Unit", options.unit]);
  if (options.raw) terms.push(["Counters", "as they stand"]);
  if (own !== null) terms.push(["Options", own ? "the dataset’s own" : "other than the dataset’s own"]);
  return terms;
}

function timeWords({ window, from, to }) {
  const words = [];
  if (window) words.push(`the last ${windowWords(window)}`);
  if (from) words.push(["from ", timeAt(from)]);
  if (to) words.push(["before ", timeAt(to)]);
  return words.length > 0 ? between(", ", words) : "all there is";
}

/** All on one line, for tables. */
export function optionsLine(options) {
  const parts = [...(options.where ?? []), `by ${options.groupBy}`];
  if (options.window) parts.push(`last ${windowWords(options.window)}`);
  if (options.from) parts.push(`from ${short(options.from)}`);
  if (options.to) parts.push(`before ${short(options.to)}`);
  if (options.unit) parts.push(`in ${options.unit}`);
  if (options.raw) parts.push("counters as they stand");
  return parts.join(", ");
}

const quote = text => /^[\w/.:=,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** The command that does the same on a machine that has the dumps. */
export function commandLine(location, options, force) {
  const place = location.startsWith("file:///") ? decodeURIComponent(location.slice("file://".length)) : location;
  const parts = [`kubemetrics analyze ${quote(place)}`];
  const add = (option, value) => { if (value) parts.push(`${option} ${quote(value)}`); };
  for (const one of options.where) add("--where", one);
  add("--group-by", options.groupBy);
  add("--from", options.from);
  add("--to", options.to);
  add("--window", options.window);
  add("--unit", options.unit);
  if (options.raw) parts.push("--raw");
  if (force) parts.push("--force");
  return parts.join(" \\\n  ");
}

/** A dataset's own options, in the form that a run has them. */
export const ownOptions = dataset => ({
  where: dataset.where ?? [],
  groupBy: dataset.groupBy,
  from: null,
  to: null,
  window: dataset.window ?? null,
  unit: dataset.unit ?? null,
  raw: dataset.raw ?? false,
});

/** The body of a request: only what differs from the dataset's own. */
export function requestBody(dataset, options, force) {
  const own = ownOptions(dataset);
  const body = { dataset: dataset.name };
  for (const key of Object.keys(own)) {
    if (JSON.stringify(options[key] ?? null) !== JSON.stringify(own[key] ?? null)) body[key] = options[key];
  }
  if (force) body.force = true;
  return body;
}

/** The body that asks for what a run did. */
export function sameAgain(run, force = run.force) {
  const body = { dataset: run.dataset };
  if (!run.own) {
    const { where, groupBy, from, to, window, unit, raw } = run.options;
    Object.assign(body, { where, groupBy, window, unit, raw }, from ? { from } : {}, to ? { to } : {});
  }
  if (force) body.force = true;
  return body;
}

/** Options as the query of the form's address. */
export function toQuery(dataset, options, force) {
  const query = new URLSearchParams();
  const { dataset: _, force: forced, ...differing } = requestBody(dataset, options, force);
  for (const [key, value] of Object.entries(differing)) {
    if (key === "where") for (const one of value.length === 0 ? [""] : value) query.append("where", one);
    else query.set(key, value === null ? "" : String(value));
  }
  if (forced) query.set("force", "true");
  return query;
}

/** Options out of such a query; what it leaves out is the dataset's own. */
export function fromQuery(dataset, query) {
  const options = ownOptions(dataset);
  if (query.has("where")) options.where = query.getAll("where").filter(one => parse(one)).map(one => format(parse(one)));
  if (query.get("groupBy")) options.groupBy = query.get("groupBy");
  for (const key of ["from", "to", "window", "unit"]) if (query.has(key)) options[key] = query.get(key) || null;
  if (query.has("raw")) options.raw = query.get("raw") === "true";
  return { options, force: query.get("force") === "true" };
}
