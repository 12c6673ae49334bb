import { h, newId } from "./dom.js";
import { setQuery } from "./router.js";

/** A field that leaves of a list what has all typed words in it; what is typed stays in the address. */
export function filterField({ label, hint, query, items, count }) {
  const id = newId("filter");
  const none = h("p", { class: "nothing", hidden: true }, "Nothing here has these words. ",
    h("button", { type: "button", onclick: () => { field.value = ""; field.focus(); apply(); } }, "Show all"));
  const said = h("span", { class: "hidden", role: "status" });
  const field = h("input", {
    type: "search", id, placeholder: hint, autocomplete: "off", spellcheck: "false", value: query.get("q") ?? "",
  });

  field.addEventListener("input", () => {
    const shown = apply();
    said.textContent = field.value.trim() === "" ? "" : count(shown);
    if (field.value) query.set("q", field.value); else query.delete("q");
    setQuery(query);
  });

  function apply() {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { element, text } of items()) {
      const matches = words.every(word => text.toLowerCase().includes(word));
      element.hidden = !matches;
      if (matches) shown++;
    }
    none.hidden = shown > 0 || words.length === 0;
    return shown;
  }

  return { element: h("div", { class: "filter" }, h("label", { for: id }, label), field, said), none, apply };
}
