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

/** A time element of a fixed time. */
export const timeAt = (time, text = short(time)) => h("time", { datetime: new Date(time).toISOString(), title: full(time) }, text);

/** Keeps all "ago"s on the page right. */
export function keepFresh() {
  setInterval(() => {
    const now = Date.now();
    for (const element of document.querySelectorAll("time[data-ago]")) {
      const text = relative(Number(element.dataset.ago), now);
      if (element.textContent !== text) element.textContent = text;
    }
  }, 10000);
}
