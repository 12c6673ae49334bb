import { h } from "./dom.js";
import { breakable } from "./prose.js";
import { announce } from "./announce.js";

/** Something to copy, with its button: `code` for ids and locations. */
export const copyable = (text, what = text) => h("span", { class: "copyable" },
  h("code", null, breakable(text)), copyButton(() => text, what));

/** A block of lines to copy. */
export function copyBlock(text, what, { narrow = false } = {}) {
  const code = h("code", null, text);
  const lines = h("pre", { tabindex: "0", role: "region", "aria-label": what }, code);
  const block = h("div", { class: ["copy-block", narrow && "narrow"] }, lines, copyButton(() => code.textContent, what));
  block.update = fresh => { if (code.textContent !== fresh) code.textContent = fresh; };
  return block;
}

function copyButton(textOf, what) {
  const word = h("span", null, "Copy");
  const button = h("button", { type: "button", class: "copy" }, word, h("span", { class: "hidden" }, ` ${what}`));
  button.addEventListener("click", async () => {
    const copied = await copy(textOf(), button);
    word.textContent = copied ? "Copied" : "Press Ctrl+C";
    announce(copied ? "Copied" : "Selected: press Ctrl+C");
    setTimeout(() => { word.textContent = "Copy"; }, 2000);
  });
  return button;
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Over plain http from another machine there is no clipboard: select the text, and try the old way.
    getSelection().selectAllChildren(button.parentElement.querySelector("code"));
    return document.execCommand("copy");
  }
}
