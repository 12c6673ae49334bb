"use strict";
// The page is whole without this: here it learns to sort, to filter, to show values, to copy, and to change its theme.
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const storage = {
    // Where the page is sandboxed there is no storage, and asking for it throws.
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* the choice lasts as long as the page */ } },
  };

  wayBack();
  theme();
  copying();
  sorting();
  filtering();
  hovering();

  // A page of the same host that led here says so; from disk, out of a bucket or by a link that was sent there is no way back.
  function wayBack() {
    if (!document.referrer) return;
    const from = new URL(document.referrer);
    if (from.host !== location.host || from.pathname === location.pathname) return;
    const link = document.createElement("a");
    link.className = "back";
    link.href = from.href;
    link.textContent = "← Back";
    document.querySelector(".top > div").prepend(link);
  }

  function theme() {
    const button = document.querySelector(".theme");
    const themes = ["system", "light", "dark"];
    let now = Math.max(0, themes.indexOf(storage.get("kubemetrics-theme")));
    const show = () => {
      if (now === 0) delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = themes[now];
      button.textContent = "Theme: " + themes[now];
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      now = (now + 1) % themes.length;
      storage.set("kubemetrics-theme", themes[now]);
      show();
    });
    show();
  }

  function copying() {
    for (const code of all("[data-copy]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.setAttribute("aria-label", "Copy " + code.textContent);
      button.addEventListener("click", async () => {
        button.textContent = await copy(code) ? "Copied" : "Press Ctrl+C";
        setTimeout(() => { button.textContent = "Copy"; }, 2000);
      });
      code.after(button);
    }

    async function copy(code) {
      try {
        await navigator.clipboard.writeText(code.textContent);
        return true;
      } catch {
        // From disk or in a sandbox there is no clipboard: select the text, and try the old way.
        getSelection().selectAllChildren(code);
        return document.execCommand("copy");
      }
    }
  }

  function sorting() {
    for (const table of all("table.groups")) {
      const body = table.tBodies[0];
      all("th[data-sort]", table.tHead).forEach(head => {
        const column = head.cellIndex;
        const numeric = head.dataset.sort === "number";
        const button = document.createElement("button");
        button.type = "button";
        button.append(...head.childNodes);
        head.append(button);
        button.addEventListener("click", () => {
          const was = head.getAttribute("aria-sort");
          const up = was ? was === "descending" : !numeric;
          for (const other of all("th[aria-sort]", table)) other.removeAttribute("aria-sort");
          head.setAttribute("aria-sort", up ? "ascending" : "descending");
          body.append(...[...body.rows].sort((a, b) => compare(a.cells[column], b.cells[column], numeric, up ? 1 : -1)));
        });
      });
    }

    // Cells without a number stand last, whichever way.
    function compare(a, b, numeric, sign) {
      if (!numeric) return sign * a.textContent.localeCompare(b.textContent, "en", { numeric: true });
      const [x, y] = [a, b].map(cell => cell.dataset.value === undefined ? NaN : Number(cell.dataset.value));
      if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
      return sign * (x - y);
    }
  }

  function filtering() {
    const label = document.querySelector(".filter");
    if (!label) return;
    const input = label.querySelector("input");
    const none = document.querySelector(".none");
    label.hidden = false;
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      let any = false;
      for (const element of all("[data-name]")) {
        const shown = element.dataset.name.toLowerCase().includes(wanted);
        element.hidden = !shown;
        any ||= shown;
      }
      none.hidden = any;
    });
  }

  function hovering() {
    const areas = JSON.parse(document.getElementById("hover").textContent);
    const tip = document.createElement("div");
    tip.className = "tip";
    tip.setAttribute("role", "status");
    tip.hidden = true;
    const cross = document.createElementNS("http://www.w3.org/2000/svg", "path");
    cross.setAttribute("class", "cross");

    for (const chart of all(".chart")) {
      const svg = chart.querySelector("svg");
      const title = svg.querySelector("title");
      const own = areas[title.id.slice(0, -2)];
      if (!own) continue;
      // The browser's own tooltip of the title would cover the values; the name stays for those who hear the page.
      svg.setAttribute("aria-label", title.textContent);
      svg.removeAttribute("aria-labelledby");
      svg.setAttribute("aria-describedby", title.id.slice(0, -2) + "_d");
      title.remove();
      let at = null;

      svg.addEventListener("pointermove", event => {
        const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
        const area = own.findIndex(([left, top, width, height]) =>
          point.x >= left && point.x <= left + width && point.y >= top && point.y <= top + height);
        if (area < 0) hide();
        else show(area, nearest(own[area][5], own[area][4] ? point.y : point.x));
      });
      svg.addEventListener("pointerleave", hide);
      chart.addEventListener("blur", hide);
      chart.addEventListener("keydown", event => {
        const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, PageUp: -10, PageDown: 10 }[event.key];
        if (event.key === "Escape") hide();
        if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
        const vertical = event.key === "ArrowUp" || event.key === "ArrowDown";
        if (vertical !== Boolean(own[at ? at.area : 0][4]) && event.key.startsWith("Arrow")) return;
        event.preventDefault();
        let { area, index } = at ?? { area: 0, index: step > 0 ? -1 : own[0][5].length };
        index += step;
        // Past the end of one panel comes the next.
        if (index < 0 && area > 0) index = own[--area][5].length - 1;
        else if (index >= own[area][5].length && area + 1 < own.length) { area++; index = 0; }
        show(area, Math.min(Math.max(index, 0), own[area][5].length - 1));
      });

      function show(area, index) {
        const [left, top, width, height, byRow, positions, texts] = own[area];
        if (index < 0 || index >= positions.length) return hide();
        at = { area, index };
        const position = positions[index];
        cross.setAttribute("d", byRow ? `M${left} ${position}h${width}` : `M${position} ${top}v${height}`);
        svg.append(cross);
        tip.textContent = texts[index];
        tip.hidden = false;
        chart.append(tip);
        // Beside the line, on the side that has the room.
        const scale = svg.clientWidth / svg.viewBox.baseVal.width;
        const x = (byRow ? left + width / 2 : position) * scale;
        const room = x - chart.scrollLeft + tip.offsetWidth + 12 < chart.clientWidth;
        tip.style.left = (room ? x + 12 : Math.max(0, x - tip.offsetWidth - 12)) + "px";
        tip.style.top = (byRow ? Math.max(0, position * scale - tip.offsetHeight - 8) : top * scale + 4) + "px";
      }

      function hide() {
        at = null;
        cross.remove();
        tip.hidden = true;
      }
    }

    function nearest(positions, x) {
      let low = 0, high = positions.length - 1;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (positions[middle] < x) low = middle; else high = middle;
      }
      return high > low && positions[high] - x < x - positions[low] ? high : low;
    }
  }
})();
