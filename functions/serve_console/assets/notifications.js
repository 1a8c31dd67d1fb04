// What htmx has no word for: pausing what updates itself, letters as tall as they are, asking twice.
(() => {
  document.documentElement.classList.add("has-script");

  // Parts marked data-live rest while the switch is off, and while the page is not looked at.
  document.addEventListener("htmx:beforeRequest", event => {
    const live = document.getElementById("live");
    const rests = document.hidden || (live && !live.checked);
    if (event.target.hasAttribute("data-live") && rests) event.preventDefault();
  });

  // A letter runs no script and loads nothing, so the page may look at how tall it is.
  function fit(frame) {
    const letter = frame.contentDocument?.body;
    if (letter) frame.style.height = `${Math.min(Math.max(letter.scrollHeight + 4, 160), 1400)}px`;
  }
  document.addEventListener("load", event => {
    if (event.target.matches?.("iframe.mail-frame")) fit(event.target);
  }, true);
  function fitAll() {
    for (const frame of document.querySelectorAll("iframe.mail-frame")) fit(frame);
  }
  fitAll();
  addEventListener("resize", fitAll);

  // Whoever fills in a choice's field means that choice.
  document.addEventListener("input", event => {
    const chosen = event.target.closest("[data-chosen-by]")?.dataset.chosenBy;
    const radio = chosen && event.target.form?.querySelector(`input[type="radio"][value="${chosen}"]`);
    if (radio) radio.checked = true;
  });

  document.addEventListener("submit", event => {
    const question = event.target.dataset.ask;
    if (question && !confirm(question)) event.preventDefault();
  }, true);
})();
