// Saves an opinion as it is typed. Without this file the button "Save" does the same.

const PAUSE = 1500;
const form = document.querySelector("form[data-save]");
const status = form.querySelector("[data-status]");
let timer;
let changed = false;

function say(words) {
  status.textContent = words;
}

function lost(why = "") {
  changed = true;
  say(`${form.dataset.lost} ${why}`);
}

async function save(options = {}) {
  clearTimeout(timer);
  if (!changed) return;
  changed = false;
  say(form.dataset.saving);
  try {
    const answer = await fetch(form.dataset.save, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/json" },
      redirect: "error",
      ...options,
    });
    if (!answer.ok) return lost((await answer.json()).message);
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
    if (!changed) say(`${form.dataset.saved} ${time}`);
  } catch {
    lost();
  }
}

function typed() {
  changed = true;
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
}

function differs(field) {
  return field.value !== (field.defaultValue ?? field.value) || field.checked !== field.defaultChecked;
}

form.addEventListener("input", typed);
// On a slow line somebody types before this file is there.
if ([...form.elements].some(differs)) typed();
form.addEventListener("submit", () => {
  changed = false;
  clearTimeout(timer);
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") save({ keepalive: true });
});
window.addEventListener("online", () => save());
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});
