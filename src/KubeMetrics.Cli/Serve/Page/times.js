import { h } from "./dom.js";

// Times are UTC, in short ISO form; where fresh they say how long ago, with the whole in the title.

const DAY = 24 * 3600 * 1000;

/** 2018-02-07 14:00 */
export const minute = time => new Date(time).toISOString().slice(0, 16).replace("T", " ");

/** 2018-02-07 14:00 UTC */
export const short = time => `${minute(time)} UTC`;

/** 2018-02-07 14:00:05 UTC */
export const full = time => `${new Date(time).toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** 2018-02-07 */
export const day = time => minute(time).slice(0, 10);

/** "3 min ago" up to a day, else the time itself. */
function relative(time, now = Date.now()) {
  const ago = (now - new Date(time).getTime()) / 1000;
  // A clock that is a little ahead of ours is no future.
  if (ago < -60 || ago * 1000 >= DAY) return short(time);
  if (ago < 10) return "just now";
  if (ago < 60) return `${Math.round(ago)}\u00a0s ago`;
  if (ago < 3600) return `${Math.round(ago / 60)}\u00a0min ago`;
  return `${Math.round(ago / 3600)}\u00a0h ago`;
}

/** A time element that keeps its "ago" right. */
export const timeAgo = time =>
  h("time", { datetime: new Date(time).toISOString(), title: full(time), "data-ago": new Date(time).getTime() }, relative(time));

/** "in 3 min" up to two days, else the time itself. */
function ahead(time, now = Date.now()) {
  const left = (new Date(time).getTime() - now) / 1000;
  if (left * 1000 >= 2 * DAY) return short(time);
  if (left < 60) return "within a minute";
  if (left < 3600) return `in ${Math.round(left / 60)}\u00a0min`;
  return `in ${Math.round(left / 3600)}\u00a0h`;
}

/** A time element of a time to come that keeps its "in" right. */
export const timeUntil = time =>
  h("time", { datetime: new Date(time).toISOString(), title: full(time), "data-until": new Date(time).getTime() }, ahead(time));

/** A time element of a fixed time. */
export const timeAt = (time, text = short(time)) => h("time", { datetime: new Date(time).toISOString(), title: full(time) }, text);

/** Keeps all "ago"s and "in"s on the page right. */
export function keepFresh() {
  setInterval(() => {
    const now = Date.now();
    for (const element of document.querySelectorAll("time[data-ago], time[data-until]")) {
      const { ago, until } = element.dataset;
      const text = ago ? relative(Number(ago), now) : ahead(Number(until), now);
      if (element.textContent !== text) element.textContent = text;
    }
  }, 10000);
}
