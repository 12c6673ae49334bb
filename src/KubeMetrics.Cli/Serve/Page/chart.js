import { h, s } from "./dom.js";
import { human, number, scale, withUnit } from "./numbers.js";
import { minute, short } from "./times.js";
import { path, places, range, trendWords } from "./trend.js";

// The trend, large: drawn for the width it has, so that its text keeps its size; values by pointer and arrow keys.

const HEIGHT = 240;
const BOTTOM = 28;
const TOP = 12;
const HOUR = 3600e3;
const DAY = 24 * HOUR;
const TIME_STEPS = [0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 120, 240, 720, 2160, 8760].map(hours => hours * HOUR);

/** A figure that redraws itself when its width changes. */
export function trendChart(trend) {
  const svg = s("svg", { role: "img", tabindex: "0", "aria-label": `${trendWords(trend)}. Arrow keys tell the values.` });
  const tip = h("p", { class: "tip", role: "status", hidden: true });
  const chart = h("div", { class: "chart" }, svg, tip);
  let drawn = null;
  const observer = new ResizeObserver(([entry]) => {
    const width = Math.round(entry.contentRect.width);
    if (width > 0 && width !== drawn?.width) drawn = draw(svg, trend, width);
  });
  observer.observe(chart);

  let at = -1;
  const hide = () => {
    at = -1;
    tip.hidden = true;
    drawn?.cross.removeAttribute("d");
  };
  const show = index => {
    at = index;
    const [x, y] = drawn.points[index];
    drawn.cross.setAttribute("d", `M${x} ${TOP}V${HEIGHT - BOTTOM}M${x - 4} ${y}h8`);
    tip.textContent = `${human(trend.values[index], trend)}, ${short(trend.times[index])}`;
    tip.hidden = false;
    const right = x + tip.offsetWidth + 12 < drawn.width;
    tip.style.left = `${right ? x + 10 : Math.max(0, x - tip.offsetWidth - 10)}px`;
  };
  const there = () => drawn.points.flatMap((point, index) => point ? [index] : []);
  svg.addEventListener("pointermove", event => {
    const x = event.clientX - svg.getBoundingClientRect().left;
    const near = there().reduce((best, index) =>
      best < 0 || Math.abs(drawn.points[index][0] - x) < Math.abs(drawn.points[best][0] - x) ? index : best, -1);
    if (near >= 0) show(near);
  });
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("blur", hide);
  svg.addEventListener("keydown", event => {
    if (event.key === "Escape") hide();
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || !drawn) return;
    event.preventDefault();
    const indices = there();
    const now = indices.indexOf(at);
    const next = now < 0 ? (step > 0 ? 0 : indices.length - 1) : Math.min(Math.max(now + step, 0), indices.length - 1);
    if (indices.length > 0) show(indices[next]);
  });
  return chart;
}

function draw(svg, trend, width) {
  const [low, high] = range(trend);
  const ticks = valueTicks(low, high, trend);
  const [bottom, top] = [Math.min(low, ticks[0].value), Math.max(high, ticks.at(-1).value)];
  const left = Math.max(...ticks.map(tick => tick.text.length)) * 7.2 + 12;
  const box = [left, TOP, width - left - 16, HEIGHT - TOP - BOTTOM];
  const points = places(trend, box, bottom, top);
  const y = value => TOP + (1 - (value - bottom) / (top - bottom)) * box[3];
  const span = trend.times.at(-1) - trend.times[0];
  const x = time => left + (span > 0 ? (time - trend.times[0]) / span : 0.5) * box[2];
  const cross = s("path", { class: "cross" });
  const last = points.findLast(Boolean);
  svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  svg.setAttribute("height", HEIGHT);
  svg.replaceChildren(
    ...ticks.flatMap(tick => [
      s("path", { class: "grid", d: `M${left} ${y(tick.value)}H${width - 16}` }),
      s("text", { class: "axis", x: left - 8, y: y(tick.value) + 4, "text-anchor": "end" }, tick.text),
    ]),
    ...timeTicks(trend.times[0], trend.times.at(-1), box[2]).map(tick =>
      s("text", { class: "axis", x: x(tick.time), y: HEIGHT - 8, "text-anchor": anchor(x(tick.time), left, width) }, tick.text)),
    s("path", { class: "line", d: path(points) }),
    ...(last ? [s("circle", { class: "last", cx: last[0], cy: last[1], r: 4 })] : []),
    cross);
  return { width, points, cross };
}

const anchor = (x, left, width) => x > width - 44 ? "end" : x < left + 8 ? "start" : "middle";

// Round steps of 1, 2 or 5, in the one unit that the axis has.
function valueTicks(low, high, trend) {
  const { factor, sign } = scale([low, high], trend);
  const rough = (high - low) * factor / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(one => one * power).find(one => one >= rough * 0.999);
  const ticks = [];
  for (let index = Math.floor(low * factor / step); index <= Math.ceil(high * factor / step); index++) {
    ticks.push({ value: index * step / factor, text: withUnit(number(index * step), sign) });
  }
  return ticks;
}

function timeTicks(first, last, width) {
  const most = Math.max(2, Math.floor(width / 96));
  const step = TIME_STEPS.find(one => (last - first) / one <= most) ?? TIME_STEPS.at(-1);
  const ticks = [];
  for (let time = Math.ceil(first / step) * step; time <= last; time += step) {
    const whole = minute(time);
    const text = step >= DAY ? whole.slice(0, 10) : time % DAY === 0 ? whole.slice(5, 10) : whole.slice(11);
    ticks.push({ time, text: step >= DAY && width < 1200 ? text.slice(5) : text });
  }
  return ticks;
}
