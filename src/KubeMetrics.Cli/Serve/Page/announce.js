/** Says something to those who hear the page. */
export function announce(text) {
  const region = document.getElementById("announcements");
  // The same text twice would be said once: a region speaks when it changes.
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 50);
}
