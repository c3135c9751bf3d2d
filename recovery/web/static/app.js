// What every page needs of JavaScript; each part works on what it finds, and pages work without.
import { post } from "./post.js";

const ALIVE_EVERY = 5 * 60 * 1000;

/** A form with `data-sure` asks before it is sent. */
function askBeforeSending() {
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset?.sure;
    if (question && !window.confirm(question)) event.preventDefault();
  });
}

/** A form with `data-changed` shows its button once something in it was changed. */
function showButtonsOfChanged() {
  for (const form of document.querySelectorAll("form[data-changed]")) {
    const button = form.querySelector("button");
    button.hidden = true;
    form.addEventListener("change", () => { button.hidden = false; });
  }
}

/** Menus close when somebody clicks elsewhere or presses Escape. */
function closeMenus() {
  const open = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

/** Done is said for some seconds, a refusal until it is closed. */
export function dressToast(toast) {
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "×";
  close.setAttribute("aria-label", toast.parentElement.dataset.close);
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
  if (toast.classList.contains("done")) setTimeout(() => toast.remove(), 6000);
}

function copyButtons() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = button.dataset.copied;
    });
  }
}

/** While somebody moves or types, their session goes on; a page that nobody looks at ends it. */
function stayAlive() {
  if (!document.querySelector("header.bar")) return;
  let last = Date.now();
  const alive = () => {
    if (Date.now() - last < ALIVE_EVERY) return;
    last = Date.now();
    post("/session/alive").catch(() => {});
  };
  for (const kind of ["pointermove", "keydown", "touchstart"]) {
    document.addEventListener(kind, alive, { passive: true });
  }
}

askBeforeSending();
showButtonsOfChanged();
closeMenus();
copyButtons();
stayAlive();
document.querySelectorAll(".toast").forEach(dressToast);
