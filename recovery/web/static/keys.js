// The keyboard: one key an act, never while somebody types.

const FIELDS = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";

/** Somebody writes into a field. */
export const isTyping = (target) => target instanceof Element && target.matches(FIELDS);

function move(step) {
  const people = [...document.querySelectorAll("[data-person]")];
  if (!people.length) return;
  const here = people.findIndex((one) => one === document.activeElement);
  const current = people.findIndex((one) => one.getAttribute("aria-current"));
  const next = here >= 0 ? here + step : current >= 0 ? current + step : step > 0 ? 0 : people.length - 1;
  const target = people[Math.min(Math.max(next, 0), people.length - 1)];
  target.focus();
  target.scrollIntoView({ block: "nearest" });
}

/** Opens a small form and puts the cursor where one writes first. */
export function openForm(details) {
  details.open = true;
  const folded = details.parentElement.closest("details:not([open])");
  if (folded) folded.open = true;
  const field = details.querySelector("textarea, input:not([type=hidden]), select, button");
  (field ?? details.querySelector("summary")).focus();
  details.scrollIntoView({ block: "nearest" });
}

/** What is folded away is shown first: nobody says by a stray key what nobody saw. */
function unfolds(target) {
  const folded = target.closest("details:not([open])");
  if (!folded) return false;
  folded.open = true;
  target.focus();
  target.scrollIntoView({ block: "nearest" });
  return true;
}

function press(key) {
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target || target.disabled) return false;
  if (target instanceof HTMLDetailsElement) {
    if (target.open) target.open = false; else openForm(target);
  } else if (target.matches(FIELDS)) target.focus();
  else if (!unfolds(target)) target.click();
  return true;
}

function nextAct() {
  const act = document.querySelector("[data-next-act]") ?? document.querySelector("[data-next-person]");
  act?.click();
  return Boolean(act);
}

function escape() {
  const target = document.activeElement;
  const form = target?.closest("details.act-form[open]");
  if (form) { form.open = false; form.querySelector("summary").focus(); }
  else target?.blur();
}

function send(event) {
  const form = event.target.closest?.("form");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("button:not([type=button])"));
}

function onKey(event) {
  const help = document.getElementById("help");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return send(event);
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || help?.open) return;
  if (event.key === "Escape") return escape();
  if (isTyping(event.target)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.repeat && key !== "j" && key !== "k") return;
  let done = true;
  if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "?") help?.showModal();
  else if (key === "Enter") done = !event.target.closest?.("a, button, summary, label, input") && nextAct();
  else done = /^[1-9bwnesz/]$/.test(key) && press(key);
  if (done) event.preventDefault();
}

/** Listens, and shows what only a script can do. */
export function listenToKeys(desk) {
  document.addEventListener("keydown", onKey);
  const button = desk.querySelector("[data-help]");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => document.getElementById("help").showModal());
  }
  desk.addEventListener("click", (event) => {
    const opens = event.target.closest("[data-opens]");
    if (opens) openForm(desk.querySelector(`details[data-key="${opens.dataset.opens}"]`));
  });
}
