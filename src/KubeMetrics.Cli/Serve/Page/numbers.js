// Numbers as people read them, in the same manner as the reports: three significant digits, thin spaces, units of fitting size.

const THIN = "\u202f";
const MINUS = "\u2212";
const TIME = [[1e-9, "ns"], [1e-6, "µs"], [1e-3, "ms"], [1, "s"], [60, "min"], [3600, "h"], [86400, "d"]];
const STEPS = {
  time: TIME,
  // Seconds per second stay seconds: "2 min/s" says nothing to anybody.
  timeRate: TIME.slice(0, 4),
  bytes: [[1, "B"], [1024, "KiB"], [1024 ** 2, "MiB"], [1024 ** 3, "GiB"], [1024 ** 4, "TiB"], [1024 ** 5, "PiB"]],
  ratio: [[0.01, "%"]],
  none: [[1, ""], [1e6, "M"], [1e9, "G"], [1e12, "T"], [1e15, "P"]],
};

/** Thin spaces between thousands. */
const thousands = digits => digits.replace(/^(\d+)/, whole => whole.replace(/\B(?=(\d{3})+$)/g, THIN));

/** A whole number: 12 345. */
export const count = number => (number < 0 ? MINUS : "") + thousands(Math.abs(Math.round(number)).toFixed(0));

/** A number and the word for it: 1 file, 12 files. */
export const counted = (number, one, many = one + "s") => `${count(number)} ${number === 1 ? one : many}`;

/** Three significant digits. */
export function number(value) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : MINUS + "∞";
  if (value === 0) return "0";
  const magnitude = Number(Math.abs(value).toPrecision(3));
  const sign = value < 0 ? MINUS : "";
  if (magnitude < 1e-4 || magnitude >= 1e15) return sign + magnitude.toExponential().replace(/e([+-])(\d+)/, scientific);
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(magnitude) + 1e-12));
  const text = magnitude.toFixed(decimals);
  return sign + thousands(text.includes(".") ? text.replace(/\.?0+$/, "") : text);
}

function scientific(_, sign, exponent) {
  const raised = [...exponent].map(digit => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("");
  return `×10${sign === "-" ? "⁻" : ""}${raised}`;
}

/** All digits that a value has; what is no finite number comes as text. */
export const exact = value => typeof value === "number" ? (value < 0 ? MINUS : "") + thousands(String(Math.abs(value))) : String(value);

/** A value with a unit of fitting size: 67.1 ms, 3.2 GiB. `unit` is {dimension, toBase, perSecond}. */
export function human(value, unit) {
  const fitting = scale([value], unit);
  return withUnit(number(value * fitting.factor), fitting.sign);
}

/** One unit for several values. */
export function scale(values, { dimension = "none", toBase = 1, perSecond = false } = {}) {
  const kind = (dimension ?? "none").toLowerCase();
  const steps = kind === "time" && perSecond ? STEPS.timeRate : STEPS[kind] ?? STEPS.none;
  const largest = Math.max(...values.map(value => Math.abs(value) * toBase).filter(Number.isFinite), 0);
  // As it will be rounded: 999.96 µs are 1 ms. Nothing is 0 s, not 0 ns.
  const size = largest === 0 ? 1 : Math.max(largest, Number(largest.toPrecision(3)));
  const step = steps.findLast(([from]) => size >= from) ?? steps[0];
  return { factor: toBase / step[0], sign: perSecond ? `${step[1]}/s` : step[1] };
}

export const withUnit = (text, sign) => sign === "" ? text : `${text}\u00a0${sign}`;

export const bytes = value => human(value, { dimension: "bytes" });

/** "3.2 of 11.8 MiB": both in the unit of the larger. */
export function bytesOf(done, total) {
  const { factor, sign } = scale([total], { dimension: "bytes" });
  return `${number(done * factor)} of ${withUnit(number(total * factor), sign)}`;
}

/** A share as whole percent; never 100 % before all is done. */
export const percent = fraction => `${Math.min(Math.floor(fraction * 100), fraction < 1 ? 99 : 100)}\u00a0%`;

/** Seconds in two units at most: 4 s, 2 min 5 s, 1 h 12 min. */
export function duration(seconds) {
  if (seconds < 1) return `${number(Math.max(seconds, 0) * 1000)}\u00a0ms`;
  if (seconds < 10) return `${number(Math.round(seconds * 10) / 10)}\u00a0s`;
  const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const rounded = Math.round(seconds);
  const first = units.findIndex(([size]) => rounded >= size);
  const [size, sign] = units[first];
  const rest = first + 1 < units.length ? Math.floor((rounded % size) / units[first + 1][0]) : 0;
  return `${Math.floor(rounded / size)}\u00a0${sign}` + (rest > 0 ? ` ${rest}\u00a0${units[first + 1][1]}` : "");
}
