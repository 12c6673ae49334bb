import { h } from "./dom.js";
import { icon } from "./icons.js";
import { bytes, count, counted, duration } from "./numbers.js";

// What is known of runs: their states in words, which of two reports of one is newer, how long they took.

const WORDS = {
  queued: "Queued", submitted: "Submitted", running: "Running", succeeded: "Succeeded", failed: "Failed", cancelled: "Cancelled", replaced: "Replaced", lost: "Lost",
};
const RANK = { queued: 0, submitted: 1, running: 2 };

export const underWay = run => run.state in RANK;

export const stateWord = run => underWay(run) && run.cancelling ? "Cancelling" : WORDS[run.state] ?? run.state;

/** The state with its sign. */
export const stateMark = run => h("span", { class: ["state", `state-${run.state}`] },
  icon(WORDS[run.state] ? run.state : "queued"), stateWord(run), run.partial && partialMark());

export const partialMark = () => h("span", { class: "partial", title: "Some inputs could not be read: the report names them" }, "partial");

/** An answer that was long on its way must not undo what the stream told since. */
export function newer(known, run) {
  if (!known) return run;
  // What has ended stays so. Attempts are counted anew after each step: a lower count is no older one.
  if (underWay(known) !== underWay(run)) return underWay(run) ? known : run;
  if (known.attempt !== run.attempt) return run;
  const [a, b] = [RANK[known.state] ?? 3, RANK[run.state] ?? 3];
  if (a !== b) return a > b ? known : run;
  if (known.cancelling && !run.cancelling && underWay(run)) return { ...run, cancelling: true };
  return (known.progress?.fraction ?? 0) > (run.progress?.fraction ?? 0) ? known : run;
}

/** Puts a run into a list that is newest first. */
export function merge(list, run) {
  const at = list.findIndex(one => one.id === run.id);
  if (at >= 0) list[at] = newer(list[at], run);
  else {
    const before = list.findIndex(one => one.created < run.created);
    list.splice(before < 0 ? list.length : before, 0, run);
  }
  return at < 0;
}

/** How long it took, or has taken so far. */
export function took(run) {
  if (!run.started) return "";
  const end = run.finished ? new Date(run.finished) : underWay(run) ? new Date() : null;
  return end ? duration((end - new Date(run.started)) / 1000) : "";
}

export const inputsWords = inputs => inputs ? `${counted(inputs.count, "input")}, ${bytes(inputs.bytes)}` : "";

/** How much of a dataset's inputs was looked into. */
export function lookedInto({ read, count: all, partly }) {
  const whole = all === 1 ? "the one input" : read === all ? `all ${count(all)} inputs` : `${count(read)} of ${count(all)} inputs, the newest first`;
  if (!partly) return whole;
  return read === 1 ? `the beginning of ${all === 1 ? "the one input" : `the newest of ${count(all)} inputs`}` : `${whole}, the last of them in part`;
}

/** A dataset as a run changes it: which runs are under way, which was the last. */
export function withRun(dataset, run) {
  const running = (dataset.running ?? []).filter(id => id !== run.id);
  if (underWay(run)) running.push(run.id);
  const last = dataset.lastRun;
  const lastRun = !last || last.id === run.id || last.created <= run.created ? run : last;
  return { ...dataset, running, lastRun };
}
