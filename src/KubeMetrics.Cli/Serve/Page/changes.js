// What happens, as it happens: one stream of server-sent events for the whole page.

const KINDS = ["run", "ingest", "refresh", "job", "dataset"];
const listeners = { run: new Set(), ingest: new Set(), refresh: new Set(), job: new Set(), dataset: new Set(), again: new Set(), connection: new Set() };
let source = null;
let wasOpen = false;
let wait = 1000;
let retry = 0;
let lost = 0;

/** Listens to `run`, `ingest`, `refresh`, `job` and `dataset` (with what changed), `again` (lists may be stale) or `connection` (true or false). */
export function on(kind, listener, signal) {
  listeners[kind].add(listener);
  signal?.addEventListener("abort", () => listeners[kind].delete(listener), { once: true });
}

const tell = (kind, value) => { for (const listener of [...listeners[kind]]) listener(value); };

/** Opens the stream, or opens it anew. */
export function open() {
  close();
  source = new EventSource("/api/changes");
  source.addEventListener("open", opened);
  source.addEventListener("error", failed);
  for (const kind of KINDS) source.addEventListener(kind, event => tell(kind, JSON.parse(event.data)));
}

export function close() {
  clearTimeout(retry);
  source?.close();
  source = null;
}

const forget = () => {
  clearTimeout(lost);
  lost = 0;
};

function opened() {
  wait = 1000;
  forget();
  tell("connection", true);
  // What happened while nobody listened is in the lists.
  if (wasOpen) tell("again");
  wasOpen = true;
}

function failed() {
  // Most breaks heal within a second or two; nobody needs to hear of those.
  if (lost === 0) lost = setTimeout(() => tell("connection", false), 2000);
  if (source?.readyState !== EventSource.CLOSED) return;
  // A refusal ends the stream for good, where a break does not: so it is opened anew, with patience.
  close();
  retry = setTimeout(open, wait);
  wait = Math.min(wait * 2, 15000);
}

/** Follows the life of the page: a page that is put away lets go of its connection. */
export function follow({ later = false } = {}) {
  if (!later) open();
  addEventListener("pagehide", () => {
    forget();
    close();
  });
  addEventListener("pageshow", event => { if (event.persisted) open(); });
  addEventListener("online", () => { if (wasOpen && source?.readyState !== EventSource.OPEN) open(); });
}
