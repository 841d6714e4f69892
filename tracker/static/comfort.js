// Comfort only: every page works without this file.

// Take the reader to the list of what is wrong.
document.querySelector(".error-summary")?.focus();

// Close an open menu when the reader turns elsewhere or presses Escape.
const menus = document.querySelectorAll("details.me");
document.addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (!menu.open) continue;
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// Bring the present state of a wide picture into sight.
for (const frame of document.querySelectorAll(".picture-scroll")) {
  const now = frame.querySelector(".state-now");
  if (!now) continue;
  const box = now.getBoundingClientRect();
  const mid = frame.getBoundingClientRect().left + frame.clientWidth / 2;
  frame.scrollLeft += box.left + box.width / 2 - mid;
}

// Say on the button how many acts are chosen.
for (const button of document.querySelectorAll("[data-counts]")) {
  const form = button.form;
  const count = () => {
    const chosen = form.querySelectorAll('input[name="act"]:checked').length;
    button.textContent = chosen ? `${button.dataset.counts} (${chosen})` : button.dataset.counts;
  };
  form.addEventListener("change", count);
  count();
}

// Paper needs no page of its own: the sheet for print has the look.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
