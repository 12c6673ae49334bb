// Conditions on labels in the host's notation: label=value, label!=value, label=~expression, label!~expression.

export const OPERATORS = [
  ["=", "is"],
  ["!=", "is not"],
  ["=~", "matches"],
  ["!~", "matches not"],
];

/** {label, operator, value}, or null where the text is no condition. */
export function parse(text) {
  const match = /^\s*([\p{L}\p{Nd}_.:-]+)\s*(=~|!~|!=|=)\s*(.*?)\s*$/su.exec(text);
  if (!match) return null;
  const [, label, operator, value] = match;
  return { label, operator, value: quoted(value) ? value.slice(1, -1).replace(/\\(["\\])/g, "$1") : value };
}

/** The notation that `parse` reads; in quotes only where the value would be misread without. */
export function format({ label, operator, value }) {
  const needs = value.trim() !== value || quoted(value) || (operator === "=" && value.startsWith("~"));
  return label + operator + (needs ? `"${value.replace(/["\\]/g, "\\$&")}"` : value);
}

const quoted = value => value.length >= 2 && value.startsWith('"') && value.endsWith('"');

/** A test of a label's value; null where the browser can't read the expression as the host does. */
function tester({ operator, value }) {
  if (operator === "=") return text => text === value;
  if (operator === "!=") return text => text !== value;
  try {
    const expression = new RegExp(`^(?:${value})$`, "su");
    return operator === "=~" ? text => expression.test(text) : text => !expression.test(text);
  } catch {
    return null;
  }
}

/**
 * How many series all conditions match, where what is known of each label tells exactly; else null.
 * `labels` is the host's answer: how many series there are, and how many have each value of each label.
 */
export function seriesMatching(conditions, labels) {
  const byLabel = Map.groupBy(conditions, condition => condition.label);
  let narrowed = null;
  for (const [name, own] of byLabel) {
    const tests = own.map(tester);
    if (tests.includes(null)) return null;
    const label = labels.labels.find(one => one.name === name);
    const valued = (label?.values ?? []).reduce((sum, one) => sum + one.series, 0);
    if (label && valued !== label.series) return null;
    // A label that a series has not is the empty text.
    const all = [...(label?.values ?? []), { value: "", series: labels.series - valued }];
    const matching = all.filter(one => tests.every(test => test(one.value))).reduce((sum, one) => sum + one.series, 0);
    if (matching === 0) return 0;
    if (matching === labels.series) continue;
    // Two labels that each leave some out: how they overlap, only the series know.
    if (narrowed !== null) return null;
    narrowed = matching;
  }
  return narrowed ?? labels.series;
}
