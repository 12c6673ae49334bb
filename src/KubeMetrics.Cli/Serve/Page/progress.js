import { h } from "./dom.js";
import { bytes, bytesOf, count, duration, percent } from "./numbers.js";
import { underWay } from "./runs.js";

const STEPS = {
  listing: "Listing the inputs", measuring: "Measuring", reading: "Reading", summarising: "Summarising", drawing: "Drawing",
  publishing: "Publishing", copying: "Copying", comparing: "Comparing both sides again", deleting: "Deleting",
  preparing: "Preparing", submitting: "Submitting", looking: "Looking for its driver", waiting: "Waiting for a worker", running: "Running",
  collecting: "Reading what it left",
};
const RATE_OVER = 5000;

/** A bar with its words, which follows a run (or an ingest) by `update(run)`; `what` says to those who hear it what goes on. */
export function progressBar(run, what = `Analysis of ${run.dataset}`) {
  const step = h("span", { class: "step" });
  const amount = h("span", { class: "amount" });
  const share = h("span", { class: "share" });
  const fill = h("div", { class: "fill" });
  const track = h("div", {
    class: "track", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100", "aria-label": what,
  }, fill);
  const rate = rateMeter();
  const element = h("div", { class: "progress" }, h("p", { class: "progress-words" }, step, amount, share), track);

  element.update = now => {
    const { progress } = now;
    const words = stepWords(now);
    const details = detailWords(now, rate(now));
    const known = Number.isFinite(progress?.fraction);
    set(step, words);
    set(amount, details.join(" · "));
    set(share, known ? percent(progress.fraction) : "");
    track.classList.toggle("unknown", !known);
    fill.style.transform = `scaleX(${known ? Math.min(Math.max(progress.fraction, 0), 1) : 0})`;
    if (known) track.setAttribute("aria-valuenow", Math.floor(progress.fraction * 100));
    else track.removeAttribute("aria-valuenow");
    track.setAttribute("aria-valuetext", [words, known && percent(progress.fraction), ...details].filter(Boolean).join(", "));
  };
  element.update(run);
  return element;
}

const set = (element, text) => { if (element.textContent !== text) element.textContent = text; };

function stepWords(run) {
  if (run.cancelling && underWay(run)) return "Cancelling";
  if (run.state === "queued") return run.attempt > 1 ? "Waiting to go on" : "Waiting for its turn";
  return STEPS[run.progress?.step] ?? "Starting";
}

function detailWords({ progress, cancelling, state }, perSecond) {
  if (!progress) return [];
  const parts = [];
  if (progress.total > 0) {
    parts.push(progress.unit === "bytes"
      ? bytesOf(progress.done, progress.total)
      : `${count(progress.done)} of ${count(progress.total)} ${progress.unit}`);
  }
  // What waits has no speed, and what it was told of the time left is of another time.
  if (cancelling || state === "queued") return parts;
  if (progress.unit === "bytes" && perSecond > 0) parts.push(`${bytes(perSecond)}/s`);
  if (progress.trouble) parts.push(`trying again: ${progress.trouble}`);
  else if (progress.secondsLeft > 0) parts.push(`${duration(Math.ceil(progress.secondsLeft))} left`);
  return parts;
}

// The rate over the last seconds; none until there is a second to go by.
function rateMeter() {
  let step = null;
  let seen = [];
  return ({ progress }) => {
    if (!progress || progress.step !== step) {
      step = progress?.step ?? null;
      seen = [];
    }
    if (!progress) return 0;
    const now = performance.now();
    seen.push([now, progress.done]);
    while (seen.length > 2 && now - seen[0][0] > RATE_OVER) seen.shift();
    const [time, done] = seen[0];
    return now - time >= 1000 ? (progress.done - done) / (now - time) * 1000 : 0;
  };
}
