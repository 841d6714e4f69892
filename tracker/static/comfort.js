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

// One box for all of a table, and how many of them are chosen.
for (const all of document.querySelectorAll("[data-picks]")) {
  const boxes = document.querySelectorAll(`input[type=checkbox][name="${all.dataset.picks}"]`);
  const label = document.querySelector(`[data-counted="${all.dataset.picks}"]`);
  const said = label?.textContent;
  const count = () => {
    const chosen = [...boxes].filter((box) => box.checked).length;
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    if (label) label.textContent = chosen ? said.replace(/:?$/, ` (${chosen}):`) : said;
  };
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  for (const box of boxes) box.addEventListener("change", count);
  count();
}

// Paper needs no page of its own: the sheet for print has the look.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// On a narrow page long texts would stand before what they belong to: fold them away.
if (window.matchMedia("(max-width: 60rem)").matches) {
  for (const details of document.querySelectorAll("details[data-folds]")) details.open = false;
}

// A free row for one more remark, without a way to the server and back.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-adds-row]");
  const rows = button?.form.querySelectorAll(".remark-row");
  if (!rows?.length) return;
  event.preventDefault();
  const last = rows[rows.length - 1];
  const row = last.cloneNode(true);
  for (const part of row.querySelectorAll("[id], [name], [for]")) {
    for (const name of ["id", "name", "for"]) {
      const said = part.getAttribute(name);
      if (said) part.setAttribute(name, said.replace(/^remarks-(\d+)/, (_all, n) => `remarks-${Number(n) + 1}`));
    }
  }
  const legend = row.querySelector("legend");
  legend.textContent = legend.textContent.replace(/\d+/, (n) => Number(n) + 1);
  for (const control of row.querySelectorAll("input, select, textarea")) control.value = "";
  for (const fault of row.querySelectorAll(".error")) fault.remove();
  for (const field of row.querySelectorAll(".is-wrong")) field.classList.remove("is-wrong");
  last.after(row);
  row.querySelector("input").focus();
});
