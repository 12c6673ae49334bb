import { h, replace } from "./dom.js";
import { idempotencyKey, post, remove } from "./api.js";
import { sameAgain } from "./options.js";
import { reportLink } from "./report-link.js";
import { problemBox } from "./states.js";
import { announce } from "./announce.js";
import { timeAgo } from "./times.js";

/** Asks for an analysis; `done` tells that it was done before and its report stands. */
export async function start(body) {
  const { value, status } = await post("/api/analysis", body, { "Idempotency-Key": idempotencyKey() });
  return { run: value, done: status === 200 };
}

// A button that is really disabled loses the focus, and whoever uses the keyboard their place.
const off = (button, is) => is ? button.setAttribute("aria-disabled", "true") : button.removeAttribute("aria-disabled");
const isOff = button => button.getAttribute("aria-disabled") === "true";

// A double click on "Analyze now" must not cancel what it started: the button to cancel comes where that one was.
const DOUBLE = 700;
let before = -Infinity;
let latest = -Infinity;
addEventListener("click", event => { [before, latest] = [latest, event.timeStamp]; }, { capture: true });
const isSecondOfTwo = event => event.timeStamp - before < DOUBLE;

/**
 * A button that starts an analysis. It is off while its request is under way; what comes of it goes to `started(run)`,
 * and what does not work, or was done before, is said in `messages`.
 */
export function startButton(word, body, messages, { started, primary = false, key = "work", of = null } = {}) {
  const button = h("button", { type: "button", class: primary && "primary", "data-key": key },
    word, of && h("span", { class: "hidden" }, ` ${of}`));
  const ask = async force => {
    if (isOff(button)) return;
    off(button, true);
    replace(messages);
    try {
      const { run, done } = await start(force ? { ...body(), force: true } : body());
      if (done) {
        replace(messages, doneBefore(run, () => ask(true)));
        announce("Nothing has changed since: the report that is there stands.");
      } else {
        announce(`Analysis of ${run.dataset} asked for`);
        started(run);
      }
    } catch (problem) {
      replace(messages, problemBox(problem, { retry: () => ask(force), level: "h3" }));
    } finally {
      off(button, false);
      if (document.activeElement === document.body) button.focus({ preventScroll: true });
    }
  };
  button.addEventListener("click", () => ask(false));
  return button;
}

/** A button that asks for something once, off meanwhile; what does not work is said in `messages`. */
export function askButton(word, of, ask, messages, { key = null, primary = false } = {}) {
  const button = h("button", { type: "button", class: primary && "primary", "data-key": key }, word, of && h("span", { class: "hidden" }, ` ${of}`));
  button.addEventListener("click", async () => {
    if (isOff(button)) return;
    off(button, true);
    replace(messages);
    try {
      await ask();
    } catch (problem) {
      replace(messages, problemBox(problem, { level: "h3" }));
    } finally {
      off(button, false);
    }
  });
  return button;
}

/** Said where the same inputs were analysed with the same options before. */
export const doneBefore = (run, force) => h("div", { class: "notice" },
  h("p", null, "Nothing has changed since: the same inputs were analysed with the same options ",
    run.finished ? timeAgo(run.finished) : "before", ", and that report stands."),
  h("div", { class: "actions" },
    run.report && reportLink(run.report, { class: "button" }, "Open report"),
    h("button", { type: "button", onclick: force }, "Analyze all the same")));

/** A button that cancels a run (or other work, at its own path), without asking twice. */
export function cancelButton(run, messages, cancelled, { path = "/api/analysis", what = `the analysis of ${run.dataset}` } = {}) {
  const button = h("button", { type: "button", "data-key": "work", "aria-disabled": run.cancelling ? "true" : null },
    run.cancelling ? "Cancelling" : "Cancel", h("span", { class: "hidden" }, ` ${what}`));
  button.addEventListener("click", async event => {
    if (isOff(button) || isSecondOfTwo(event)) return;
    off(button, true);
    replace(messages);
    try {
      const { value } = await remove(`${path}/${encodeURIComponent(run.id)}`);
      cancelled(value?.id ? value : { ...run, cancelling: true });
    } catch (problem) {
      off(button, false);
      replace(messages, problemBox(problem, { level: "h3" }));
    }
  });
  return button;
}

/** A button that asks for what a run did once more. */
export const againButton = (word, run, messages, options) => startButton(word, () => sameAgain(run), messages, options);
