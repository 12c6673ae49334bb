import { s } from "./dom.js";
import { human } from "./numbers.js";
import { minute } from "./times.js";

// The small course of a number over time: a line with gaps where nothing was, and its last point.

const WIDTH = 160;
const HEIGHT = 44;
const INSET = 4;

const isNumber = value => typeof value === "number" && Number.isFinite(value);

/** The last value that is there, with its unit; null where there is none. */
export function lastValue(trend) {
  const value = trend?.values.findLast(isNumber);
  return value === undefined ? null : human(value, trend);
}

/** A path through points; a null lifts the pen. A point alone between gaps is a dot. */
export function path(points) {
  let d = "";
  points.forEach((point, index) => {
    if (!point) return;
    const first = !points[index - 1];
    d += `${first ? "M" : "L"}${round(point[0])} ${round(point[1])}`;
    if (first && !points[index + 1]) d += "h.01";
  });
  return d;
}

const round = value => Math.round(value * 10) / 10;

/** Places of all values within a box; null where there is no value. */
export function places(trend, [left, top, width, height], low, high) {
  const { times, values } = trend;
  const [first, last] = [times[0], times.at(-1)];
  return values.map((value, index) => isNumber(value)
    ? [left + (last > first ? (times[index] - first) / (last - first) : 0.5) * width, top + (1 - (value - low) / (high - low)) * height]
    : null);
}

/** The smallest and the largest value, apart from each other. */
export function range(trend) {
  const there = trend.values.filter(isNumber);
  const [low, high] = [Math.min(...there), Math.max(...there)];
  const apart = high > low ? 0 : Math.abs(low) * 0.5 || 1;
  return [low - apart, high + apart];
}

/** What a trend shows, in words. */
export function trendWords(trend) {
  const there = trend.values.filter(isNumber);
  if (there.length === 0) return "No values";
  const say = value => human(value, trend);
  const between = `between ${say(Math.min(...there))} and ${say(Math.max(...there))}`;
  const what = trend.group ? `Median of ${trend.group} over time` : "Median over time";
  return `${what}, ${minute(trend.times[0])} to ${minute(trend.times.at(-1))} UTC: from ${say(there[0])} to ${say(there.at(-1))}, `
    + between;
}

/** The line alone, small. */
export function sparkline(trend) {
  if (!trend.values.some(isNumber)) return null;
  const [low, high] = range(trend);
  const points = places(trend, [INSET, INSET, WIDTH - 2 * INSET, HEIGHT - 2 * INSET], low, high);
  const last = points.findLast(Boolean);
  return s("svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": trendWords(trend) },
    s("path", { class: "line", d: path(points) }),
    s("circle", { class: "last", cx: round(last[0]), cy: round(last[1]), r: 3 }));
}
