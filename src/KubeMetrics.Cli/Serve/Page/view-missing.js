import { h, replace } from "./dom.js";
import { setTitle } from "./router.js";

/** No such page. */
export async function missingView({ target, arrive }) {
  setTitle("No such page");
  replace(target, h("div", { class: "view" },
    h("h1", { class: "page-title" }, "No such page"),
    h("p", null, "There is nothing at ", h("code", null, location.pathname), "."),
    h("p", null, h("a", { href: "/" }, "All datasets"))));
  arrive();
}
