import { focusHeading } from "./dom.js";

// URLs are places: views by path, links without loading the page again, focus on the heading, scrolling where one was.

let routes = [];
let leave = new AbortController();
let target = null;
let missing = null;

/** Starts with routes of {path, view, nav}. A view is an async function of {params, query, signal, target, arrive}. */
export function start(all, into, otherwise) {
  routes = all;
  target = into;
  missing = otherwise;
  history.scrollRestoration = "manual";
  addEventListener("popstate", () => {
    clearTimeout(remembering);
    remembering = 0;
    show({ moved: true, top: history.state?.top ?? 0 });
  });
  addEventListener("scroll", () => { remembering ||= setTimeout(remember, 200); }, { passive: true });
  document.addEventListener("click", clicked);
  show({ moved: false, top: history.state?.top ?? 0 });
}

let remembering = 0;

function remember() {
  clearTimeout(remembering);
  remembering = 0;
  history.replaceState({ ...history.state, top: scrollY }, "");
}

function clicked(event) {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a[href]");
  if (!link || link.target || link.origin !== location.origin || !routeOf(link.pathname)) return;
  event.preventDefault();
  if (link.hash) {
    document.querySelector(link.hash)?.focus();
    return;
  }
  go(link.pathname + link.search);
}

/** Goes to a place of this page. */
export function go(url, { note = null } = {}) {
  remember();
  history.pushState({ top: 0, note }, "", url);
  show({ moved: true, top: 0 });
}

/** Shows the present place anew. */
export const reload = () => show({ moved: true, top: scrollY });

/** Other filters at the same place: the address follows, without a step in the history. */
export function setQuery(query) {
  const text = query.toString();
  history.replaceState(history.state, "", location.pathname + (text ? `?${text}` : ""));
}

/** What the last view left for this one. */
export const note = () => history.state?.note ?? null;

const routeOf = path => routes.find(route => route.path.test(path));

async function show({ moved, top }) {
  leave.abort();
  const controller = leave = new AbortController();
  const { signal } = controller;
  const route = routeOf(location.pathname);
  const params = (route?.path.exec(location.pathname) ?? []).slice(1).map(decoded);
  mark(route?.nav);
  const arrive = () => {
    if (signal.aborted) return;
    scrollTo({ top, behavior: "instant" });
    if (moved) focusHeading(target);
  };
  await (route?.view ?? missing)({ params, query: new URLSearchParams(location.search), signal, target, arrive });
}

function mark(nav) {
  for (const link of document.querySelectorAll("[data-nav]")) {
    if (link.dataset.nav === nav) link.setAttribute("aria-current", link.pathname === location.pathname ? "page" : "true");
    else link.removeAttribute("aria-current");
  }
}

function decoded(part) {
  try { return decodeURIComponent(part); } catch { return part; }
}

/** Where a dataset is. */
export const datasetUrl = (name, tab = "") => `/datasets/${encodeURIComponent(name)}${tab && `/${tab}`}`;

/** Where an ingest or a refresh is: among what goes on by itself, the others filtered out. */
export const activityUrl = id => `/activity?q=${encodeURIComponent(id)}`;

/** Where a run is. */
export const runUrl = id => `/runs/${encodeURIComponent(id)}`;

export function setTitle(...parts) {
  document.title = [...parts, "KubeMetrics"].filter(Boolean).join(" · ");
}
