import { h, add, between, replace } from "./dom.js";
import { post, remove } from "./api.js";
import { announce } from "./announce.js";
import { copyBlock } from "./copy.js";
import { icon } from "./icons.js";
import { counted } from "./numbers.js";
import { breakable, prose } from "./prose.js";
import { datasetUrl } from "./router.js";
import { askButton } from "./starting.js";
import { scrollBox } from "./states.js";
import { timeAgo } from "./times.js";
import { cell, head, rowHead } from "./work-table.js";

// What buckets told of, and what of it could not be read.

const OUTCOMES = { accepted: ["succeeded", "Accepted"], ignored: ["cancelled", "Ignored"], "set-aside": ["failed", "Set aside"], refused: ["failed", "Refused"] };

/** The notifications that came lately; `update(list)` shows others. */
export function notificationsTable(none, changed) {
  const body = h("tbody", { role: "rowgroup" });
  const box = scrollBox("Notifications, newest first", h("table", { class: "runs", role: "table" },
    h("caption", { class: "hidden" }, "Notifications that came lately, newest first"),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, [head("Outcome"), head("Datasets"), head("What happened"), head("Received")])),
    body));
  const empty = h("div", { class: "nothing" }, none);
  let drawn = null;
  let rows = [];
  return { element: h("div", null, box, empty), update, items: () => rows };

  function update(list) {
    const text = JSON.stringify(list);
    if (text === drawn) return;
    drawn = text;
    rows = list.map(one => ({ element: notificationRow(one), text: [one.event, one.object ?? "", ...one.datasets, one.why ?? "", "notification", OUTCOMES[one.outcome]?.[1] ?? one.outcome].join(" ") }));
    replace(body, rows.map(row => row.element));
    box.hidden = list.length === 0;
    empty.hidden = list.length > 0;
    changed();
  }
}

function notificationRow({ received, event, object, datasets, outcome, why }) {
  const [sign, word] = OUTCOMES[outcome] ?? ["queued", outcome];
  return h("tr", { role: "row" },
    rowHead(h("span", { class: ["state", `state-${sign}`] }, icon(sign), word)),
    cell("of", datasets.length > 0
      ? between(", ", datasets.map(name => h("a", { href: datasetUrl(name), "data-key": `${received} ${name}` }, breakable(name))))
      : outcome === "ignored" && h("span", { class: "faint" }, why)),
    cell("result", object ? [h("code", null, breakable(object)), h("span", { class: "grounds" }, event)] : prose(event)),
    cell("when", timeAgo(received)));
}

/** Dead letters, each with its reason and what can be done; `update(list)` shows others, `gone()` is told when one was served or deleted. */
export function deadLetters(none, changed, gone) {
  const list = h("ul", { class: "letters" });
  const messages = h("div", { class: "messages" });
  const empty = h("div", { class: "nothing" }, none);
  const rows = new Map();
  return { element: h("div", null, messages, list, empty), update, items: () => [...rows.values()] };

  function update(letters) {
    const ids = new Set(letters.map(letter => letter.id));
    for (const id of [...rows.keys()].filter(id => !ids.has(id))) drop(id);
    let before = list.firstChild;
    for (const letter of letters) {
      const known = rows.get(letter.id);
      if (known) {
        before = known.element.nextSibling;
        continue;
      }
      const row = { element: letterItem(letter, messages, said => served(letter.id, said)), text: `${letter.id} ${letter.reason} ${letter.record} dead letter` };
      rows.set(letter.id, row);
      list.insertBefore(row.element, before);
    }
    list.hidden = rows.size === 0;
    empty.hidden = rows.size > 0;
    changed();
  }

  function drop(id) {
    rows.get(id)?.element.remove();
    rows.delete(id);
  }

  // The letter goes, and with it the button that has the focus: the next one's takes it.
  function served(id, said) {
    const next = rows.get(id)?.element.nextElementSibling ?? rows.get(id)?.element.previousElementSibling;
    drop(id);
    list.hidden = rows.size === 0;
    empty.hidden = rows.size > 0;
    replace(messages, h("div", { class: "notice", tabindex: "-1" }, h("p", null, said)));
    (next?.querySelector("button[data-key]") ?? messages.firstChild).focus({ preventScroll: true });
    announce(said);
    changed();
    gone();
  }
}

function letterItem({ id, received, reason, record }, messages, done) {
  const of = `the dead letter ${id}`;
  const url = `/api/dead-letters/${encodeURIComponent(id)}`;
  const item = h("li");
  add(item, [
    h("p", { class: "reason" }, prose(reason)),
    h("p", { class: "facts" }, h("span", null, "came ", timeAgo(received)), h("span", null, "dead letter ", h("code", null, id))),
    h("details", null, h("summary", null, "What came"), copyBlock(record, "what came", { narrow: true })),
    h("div", { class: "actions" },
      askButton("Retry", of, async () => done(receiptWords((await post(`${url}/retry`)).value)), messages, { key: `retry-${id}` }),
      askButton("Delete", of, async () => {
        await remove(url);
        done("The dead letter was deleted. The next reconciliation finds what it may have told of.");
      }, messages)),
  ]);
  return item;
}

/** What came of serving one again. */
export function receiptWords({ accepted, setAside }) {
  if (accepted > 0) return `It was served: ${counted(accepted, "arrival")} ${accepted === 1 ? "counts" : "count"} now, and what it is of will be refreshed.`;
  if (setAside > 0) return `It was read, and ${counted(setAside, "record")} of it set aside anew.`;
  return "It was served, and told of nothing that counts: no watched dataset has its objects there, or it was no arrival.";
}
