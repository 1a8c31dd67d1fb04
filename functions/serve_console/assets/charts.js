// Charts of a page: each is asked for when it comes near the window, drawn by plotly.js, and opens the rows behind a mark.
(() => {
  "use strict";
  const LIBRARY = document.currentScript.dataset.plotly;
  const OPTIONS = { displayModeBar: false, displaylogo: false, responsive: false, doubleClick: false, showTips: false };
  // A figure's room is reckoned for its width; a scroll bar that comes or goes is no other width.
  const ANOTHER_WIDTH = 24;
  const english = document.documentElement.lang === "en";
  const FAILED = english ? "The chart could not be shown." : "Диаграмму не удалось показать.";
  const AGAIN = english ? "Try again" : "Попробовать ещё раз";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const places = new Map();
  let library;

  // The Content Security Policy forbids style attributes that a script writes as text; the same through the style's own
  // interface is allowed. plotly.js writes those of its letters as text.
  const setAttribute = Element.prototype.setAttribute;
  function styled(name, value) {
    if (name === "style") this.style.cssText = value;
    else setAttribute.call(this, name, value);
  }

  function plotly() {
    library ??= new Promise((resolve, reject) => {
      Element.prototype.setAttribute = styled;
      const script = document.createElement("script");
      script.src = LIBRARY;
      script.onload = () => {
        window.Plotly.setPlotConfig({ logging: 0 });
        resolve(window.Plotly);
      };
      script.onerror = () => { library = undefined; reject(new Error("plotly.js")); };
      document.head.append(script);
    });
    return library;
  }

  function theme() {
    const chosen = document.documentElement.dataset.theme;
    return chosen === "light" || chosen === "dark" ? chosen : dark.matches ? "dark" : "light";
  }

  // The chart's piece for the room there is: its words and table in HTML, its figure as data.
  async function load(place, src = place.dataset.chart) {
    const plot = place.querySelector(".plot");
    const url = new URL(src, location.href);
    url.searchParams.set("width", Math.max(200, Math.round(plot.clientWidth)));
    url.searchParams.set("height", Math.max(150, Math.round(plot.clientHeight)));
    url.searchParams.set("theme", theme());
    places.get(place)?.abort();
    const asking = new AbortController();
    places.set(place, asking);
    place.dataset.chart = src;
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: asking.signal });
      if (answer.headers.has("HX-Redirect")) return location.assign(answer.headers.get("HX-Redirect"));
      if (!answer.ok) throw new Error(`${answer.status}`);
      const html = await answer.text();
      const Plotly = await plotly();
      if (!asking.signal.aborted) draw(Plotly, place, html);
    } catch (error) {
      if (error.name !== "AbortError") fail(place);
    }
    place.removeAttribute("aria-busy");
  }

  function draw(Plotly, place, html) {
    const open = place.querySelector("details")?.open, focused = document.activeElement?.dataset?.kind;
    const within = place.contains(document.activeElement);
    clear(place);
    place.innerHTML = html;
    if (open) place.querySelector("details").open = true;
    if (within && focused) place.querySelector(`.kinds [data-kind="${focused}"]`)?.focus();
    const plot = place.querySelector(".plot");
    const figure = JSON.parse(place.querySelector(".chart-figure").textContent);
    Object.assign(figure.layout, {
      width: plot.clientWidth, height: plot.clientHeight, dragmode: false,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    });
    place.drawnWidth = plot.clientWidth;
    Plotly.newPlot(plot, figure.data, figure.layout, OPTIONS);
    plot.on("plotly_click", event => {
      const rows = behind(place, figure, event.points[0]);
      if (rows) show(rows);
    });
    plot.on("plotly_hover", event => plot.classList.toggle("can-open", Boolean(behind(place, figure, event.points[0]))));
    plot.on("plotly_unhover", () => plot.classList.remove("can-open"));
    place.dispatchEvent(new CustomEvent("chart:drawn", { bubbles: true }));
  }

  function clear(place) {
    const plot = place.querySelector(".plot.js-plotly-plot");
    if (plot) window.Plotly.purge(plot);
  }

  function fail(place) {
    const finding = place.querySelector(".finding"), again = document.createElement("button");
    again.className = "button small";
    again.textContent = AGAIN;
    again.addEventListener("click", () => load(place));
    finding.replaceChildren(`${FAILED} `, again);
  }

  // Where the rows of a mark are: the page's period and filters, narrowed by what the mark stands for.
  function behind(place, figure, point) {
    const meta = point.data.meta;
    if (!meta?.opens) return "";
    const each = meta.each ?? figure.layout.meta.drill.buckets;
    const [row, column] = Array.isArray(point.pointNumber) ? point.pointNumber : [0, point.pointNumber];
    const own = each[Array.isArray(point.pointNumber) ? row * point.data.z[0].length + column : column];
    if (!own || Object.values(own).includes("")) return "";
    const { family, ...narrow } = { ...meta.opens, ...own };
    const asked = { ...JSON.parse(place.querySelector(".chart-filters").textContent), ...narrow };
    if (narrow.from) delete asked.days;
    return `/pages/rows/${family}?${new URLSearchParams(asked)}`;
  }

  // The rows in a panel over the page; their own address is in it.
  async function show(url) {
    const panel = document.getElementById("panel"), body = document.getElementById("panel-body");
    await htmx.ajax("GET", url, { target: body, swap: "innerHTML" });
    if (!panel.open) panel.showModal();
    body.focus({ preventScroll: true });
    panel.scrollTop = 0;
    panel.dispatchEvent(new CustomEvent("rows:shown", { bubbles: true }));
  }

  const near = new IntersectionObserver(seen => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      load(target);
    }
  }, { rootMargin: "300px" });
  const wide = new ResizeObserver(changed => {
    for (const { target } of changed) {
      const plot = target.querySelector(".plot");
      if (!target.drawnWidth || Math.abs(plot.clientWidth - target.drawnWidth) < ANOTHER_WIDTH) continue;
      clearTimeout(target.resizing);
      target.resizing = setTimeout(() => target.isConnected && load(target), 150);
    }
  });

  function find(root) {
    for (const place of root.querySelectorAll("[data-chart]")) {
      if (places.has(place)) continue;
      places.set(place, null);
      near.observe(place);
      wide.observe(place);
    }
  }

  // What htmx takes away is let go: plotly.js keeps listeners of its own.
  document.addEventListener("htmx:beforeSwap", event => {
    for (const [place, asking] of places) {
      if (!event.detail.target.contains(place)) continue;
      asking?.abort();
      near.unobserve(place);
      wide.unobserve(place);
      clear(place);
      places.delete(place);
    }
  });
  document.addEventListener("htmx:afterSwap", event => find(event.detail.target));
  dark.addEventListener("change", () => {
    for (const place of places.keys()) if (place.drawnWidth) load(place);
  });

  document.addEventListener("click", event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const kind = event.target.closest(".kinds a"), rows = event.target.closest("a.behind, a.tile[href^='/pages/rows/']");
    if (kind) {
      event.preventDefault();
      load(kind.closest("[data-chart]"), kind.getAttribute("href"));
    } else if (rows) {
      event.preventDefault();
      show(rows.getAttribute("href"));
    }
  });
  // A click beside the panel closes it.
  document.getElementById("panel")?.addEventListener("click", event => {
    if (event.target === event.currentTarget) event.currentTarget.close();
  });

  find(document);
  if (places.size) (window.requestIdleCallback ?? setTimeout)(plotly);
})();
