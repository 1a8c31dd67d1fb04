// What every page needs beside htmx: the menu closes, what failed to load says so, times of waiting are seen.
(() => {
  const toast = document.getElementById("toast");
  let hiding;

  function say(text) {
    toast.textContent = text;
    toast.classList.add("is-shown");
    clearTimeout(hiding);
    hiding = setTimeout(() => toast.classList.remove("is-shown"), 6000);
  }

  const away = document.documentElement.lang === "en"
    ? "No answer from the server. Check the connection and try again."
    : "Сервер не отвечает. Проверьте связь и попробуйте ещё раз.";
  document.addEventListener("htmx:sendError", () => say(away));
  document.addEventListener("htmx:timeout", () => say(away));
  document.addEventListener("repitbot:say", event => say(event.detail.value ?? event.detail));

  // A <details> that works as a menu closes by Escape and by a click elsewhere.
  document.addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.me[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", event => {
    for (const menu of document.querySelectorAll("details.me[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  // On a phone the menu is wider than the screen: where one is must be seen.
  document.querySelector(".menu [aria-current]")?.scrollIntoView({block: "nearest", inline: "center"});

  // Forms that are only filters act at once; without scripts their button does it.
  document.addEventListener("change", event => {
    const form = event.target.closest("form[data-auto]");
    if (form) form.requestSubmit();
  });

  // The second click on a button that is at work does nothing; the key in the form makes that safe anyway.
  document.addEventListener("submit", event => {
    const button = event.submitter;
    if (!button || event.target.hasAttribute("hx-post") || event.target.method !== "post") return;
    requestAnimationFrame(() => { button.setAttribute("aria-busy", "true"); });
    if (button.getAttribute("aria-busy") === "true") event.preventDefault();
  });
  addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  });
})();
