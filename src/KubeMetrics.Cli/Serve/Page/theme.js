"use strict";
// Loaded before the first paint, so that a dark page never flashes light. The report keeps its choice under the same key.
(() => {
  const key = "kubemetrics-theme";
  const themes = ["system", "light", "dark"];
  let now = Math.max(0, themes.indexOf(read()));
  apply();
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector(".theme");
    button.hidden = false;
    label(button);
    button.addEventListener("click", () => {
      now = (now + 1) % themes.length;
      write(themes[now]);
      apply();
      label(button);
    });
  });

  function apply() {
    if (now === 0) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = themes[now];
  }

  function label(button) {
    button.textContent = "Theme: " + themes[now];
  }

  // Where storage is turned off, the choice lasts as long as the page.
  function read() { try { return localStorage.getItem(key); } catch { return null; } }
  function write(value) { try { localStorage.setItem(key, value); } catch { /* see above */ } }
})();
