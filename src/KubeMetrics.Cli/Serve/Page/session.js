import { h, replace } from "./dom.js";
import { get, post, remove, setSignIn } from "./api.js";
import * as changes from "./changes.js";
import { prose } from "./prose.js";

// The key: asked for where an answer says that one is needed, kept by the host as a cookie.

let asking = null;

/** Begins; tells what the host says of this session, or null where it has none. */
export function startSession() {
  setSignIn(signIn);
  const button = document.querySelector(".sign-out");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try { await remove("/session"); } finally { location.assign("/"); }
  });
  return showSignOut();
}

async function showSignOut() {
  try {
    const { value } = await get("/session");
    document.querySelector(".sign-out").hidden = !(value?.needed && value?.signedIn);
    return value;
  } catch {
    // A host without sessions has nothing to sign out of.
    return null;
  }
}

/** Asks for the key where the session has ended meanwhile: a stream that breaks can't tell why. */
export async function signInIfEnded(asked) {
  const session = await showSignOut();
  if (!session?.needed || session.signedIn) return;
  changes.close();
  asked();
  await signIn();
}

/** Shows the form in place of the view; however many calls wait, it is one form. */
function signIn() {
  asking ??= ask().finally(() => { asking = null; });
  return asking;
}

function ask() {
  const view = document.getElementById("view");
  const title = document.title;
  document.title = "Sign in · KubeMetrics";
  return new Promise(resolve => {
    const field = h("input", { type: "password", id: "key", autocomplete: "current-password", required: true, spellcheck: "false" });
    const button = h("button", { type: "submit", class: "primary" }, "Sign in");
    const error = h("div", { role: "alert" });
    const heading = h("h1", { tabindex: "-1" }, "Sign in");
    // The view fills itself while this stands; what it shows must wait behind.
    const form = h("form", { class: "sign-in" },
      heading,
      h("p", { class: "faint" }, prose("This host wants its key: what its settings call `Api:Key`.")),
      // Password managers want to know for whom.
      h("input", { type: "text", name: "username", autocomplete: "username", value: "kubemetrics", hidden: true, readonly: true }),
      h("label", { for: "key" }, "Key"),
      h("div", { class: "field-row" }, field, button),
      error);
    const shell = h("section", { class: "sign-in-shell" }, form);
    view.hidden = true;
    view.after(shell);
    field.focus();
    form.addEventListener("submit", async event => {
      event.preventDefault();
      if (button.getAttribute("aria-disabled")) return;
      button.setAttribute("aria-disabled", "true");
      error.replaceChildren();
      try {
        await post("/session", { key: field.value });
      } catch (problem) {
        replace(error, h("p", { class: "field-error" }, prose([problem.detail, problem.remedy].filter(Boolean).join(" "))));
        button.removeAttribute("aria-disabled");
        field.select();
        field.focus();
        return;
      }
      shell.remove();
      view.hidden = false;
      document.title = title;
      resolve();
      await showSignOut();
      changes.open();
    });
  });
}
