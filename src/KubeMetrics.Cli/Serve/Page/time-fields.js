import { h, newId } from "./dom.js";

const WINDOWS = [["", "All"], ["1d", "1 day"], ["7d", "7 days"], ["30d", "30 days"], ["custom", "Other"]];

/** How much of the time: a window back from the newest sample, and from when to when. */
export function timeFields({ window, from, to }, changed) {
  const name = newId("window");
  const custom = Boolean(window) && !WINDOWS.some(([value]) => value === window);
  const customField = h("input", {
    type: "text", id: `${name}-custom`, class: "short", value: custom ? window : "", placeholder: "1d12h", pattern: "(\\d+[smhdwy])+",
    title: "A number with s, m, h, d, w or y behind it: 36h, 2w, 1d12h",
    autocomplete: "off", spellcheck: "false", oninput: changed,
  });
  const customRow = h("p", { class: "field-row custom" }, h("label", { for: customField.id }, "The last"), customField);
  const radios = WINDOWS.map(([value, word]) => {
    const input = h("input", {
      type: "radio", name, value, checked: custom ? value === "custom" : value === (window ?? ""),
      onchange: () => { shown(); if (value === "custom") customField.focus(); changed(); },
    });
    return { input, element: h("label", null, input, h("span", null, word)) };
  });
  const fromField = timeField("From", from, changed);
  const toField = timeField("Before", to, changed);
  const chosen = () => radios.find(radio => radio.input.checked)?.input.value ?? "";
  const shown = () => {
    customRow.hidden = chosen() !== "custom";
    customField.required = chosen() === "custom";
    customField.disabled = customRow.hidden;
  };
  shown();

  return {
    element: h("div", null,
      h("p", { class: "hint" }, "Back from the newest sample"),
      h("div", { class: "segments", role: "radiogroup", "aria-label": "Back from the newest sample" }, radios.map(radio => radio.element)),
      customRow,
      h("div", { class: "from-to" }, fromField.element, toField.element, h("p", { class: "hint" }, "Left empty, there is no limit."))),
    read: () => ({
      window: (chosen() === "custom" ? customField.value.trim() : chosen()) || null, from: fromField.read(), to: toField.read(),
    }),
  };
}

function timeField(word, time, changed) {
  const id = newId("time");
  const input = h("input", { type: "datetime-local", id, value: time ? local(time) : "", oninput: changed });
  return {
    element: h("p", null, h("label", { for: id }, `${word} (UTC)`), input),
    read: () => input.value ? `${input.value.length === 16 ? input.value + ":00" : input.value}Z` : null,
  };
}

// The field knows no zones: it is given, and read, as UTC.
function local(time) {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString().slice(0, 16);
}
