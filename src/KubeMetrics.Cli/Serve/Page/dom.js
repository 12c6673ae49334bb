// Elements out of names, attributes and children. Text only ever goes in as text nodes.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. `on*` are listeners, `class` may be an array with gaps, true is an empty attribute; null, undefined and false leave out.
 */
export const h = (name, attributes, ...children) => filled(document.createElement(name), attributes, children);

/** An SVG element. */
export const s = (name, attributes, ...children) => filled(document.createElementNS(SVG, name), attributes, children);

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else if (name === "class" && Array.isArray(value)) element.setAttribute("class", value.filter(Boolean).join(" "));
    else element.setAttribute(name, value === true ? "" : value);
  }
  add(element, children);
  return element;
}

/** Appends nodes, texts and (nested) arrays of them; null, undefined and false are nothing. */
export function add(element, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child);
  }
}

/** Puts other children in; what had the focus gets it back where an element of the same `data-key` is among the new ones. */
export function replace(element, ...children) {
  const active = element.contains(document.activeElement) ? document.activeElement : null;
  const key = active?.dataset.key;
  const fresh = document.createDocumentFragment();
  add(fresh, children);
  element.replaceChildren(fresh);
  if (!active || element.contains(document.activeElement)) return;
  if (active.tagName === "H1") return focusHeading(element);
  const same = key ? element.querySelector(`[data-key="${CSS.escape(key)}"]:not([disabled])`) : null;
  const next = same ?? element.querySelector("a[href], button:not([disabled])");
  next?.focus({ preventScroll: true });
}

/** Puts the focus on the heading, so that reading begins there; a heading is no stop for the tab key. */
export function focusHeading(element) {
  const heading = element.querySelector("h1");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

/** Ids that labels and their fields share. */
let ids = 0;
export const newId = prefix => `${prefix}-${++ids}`;

/** Elements or texts with something between them. */
export const between = (separator, items) => items.flatMap((item, index) => index === 0 ? [item] : [separator, item]);
