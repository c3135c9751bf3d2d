// Help while somebody fills in a form of a card, and care for what they have not sent yet.
import { post } from "./post.js";

/** Looks at an address while it is typed: what is wrong with it, what was probably meant. */
function lookAtAddress(input) {
  const help = document.getElementById(input.getAttribute("aria-describedby"));
  let timer = 0;
  const show = async () => {
    const typed = input.value;
    if (!typed.trim()) { help.replaceChildren(); return; }
    const found = await post(input.dataset.look, { email: typed }).catch(() => null);
    if (!found || typed !== input.value) return;
    help.className = `hint look ${found.doubt || found.meant ? "wrong" : "right"}`;
    help.replaceChildren(found.doubt || (found.meant ? "" : `✓ ${found.email}`));
    if (found.meant) help.append(" ", suggestion(input, found));
  };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, 250); });
}

function suggestion(input, found) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = found.said;
  button.addEventListener("click", () => {
    input.value = found.meant;
    input.dispatchEvent(new Event("input"));
    input.focus();
  });
  return button;
}

const isWritten = (field) => field.value !== field.defaultValue && field.value.trim() !== "";

/** Something is written on this card outside of this form, and was not sent. */
const unsent = (desk, form) => [...desk.querySelectorAll(".person-card textarea, .person-card input[type=email]")]
  .find((field) => field.form !== form && isWritten(field));

function toast(text, kind) {
  const list = document.querySelector(".toasts");
  const line = document.createElement("p");
  line.className = `toast ${kind}`;
  line.append(Object.assign(document.createElement("span"), { textContent: text }));
  list.append(line);
  setTimeout(() => line.remove(), kind === "done" ? 6000 : 15000);
}

/** The next person does not come while the rep still writes: the form is sent, the card stays. */
async function sendAndStay(desk, form, submitter, field) {
  const body = new URLSearchParams(new FormData(form, submitter));
  const answer = await fetch(submitter?.formAction && submitter.hasAttribute("formaction") ? submitter.formAction : form.action, { method: "POST", body, headers: { "X-Stay": "1", Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const told of page.querySelectorAll(".toast")) toast(told.textContent, told.classList.contains("sorry") ? "sorry" : "done");
  if (page.querySelector(".toast.sorry")) return;
  if (!answer.ok) { toast(page.querySelector("main")?.textContent.trim() || answer.statusText, "sorry"); return; }
  form.reset();
  const part = page.getElementById("part-call");
  if (part) document.getElementById("part-call")?.replaceWith(document.importNode(part, true));
  desk.querySelector("#outcomes")?.setAttribute("hidden", "");
  toast(desk.dataset.savedWords, "done");
  field.focus();
}

function careForUnsent(desk) {
  desk.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !/\/(say|skip|callback|stop|answered|close|resume)(\?|$)/.test(form.action)) return;
    const field = unsent(desk, form);
    if (!field) return;
    event.preventDefault();
    sendAndStay(desk, form, event.submitter, field);
  });
  window.addEventListener("beforeunload", (event) => {
    if (desk.dataset.sending !== "1" && unsent(desk, null)) event.preventDefault();
  });
  desk.addEventListener("submit", (event) => { if (!event.defaultPrevented) desk.dataset.sending = "1"; });
}

/** A form is sent once, however often its button is pressed. */
function sendOnce() {
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = "1";
    setTimeout(() => { delete event.target.dataset.sent; }, 4000);
  });
}

/** What was written for one way of ending a call goes along to another. */
function shareNote(desk) {
  const note = desk.querySelector("#say-note");
  for (const details of desk.querySelectorAll(".outcome-form")) {
    details.addEventListener("toggle", () => {
      const own = details.querySelector('textarea[name="note"]');
      if (details.open && note?.value && !own.value) { own.value = note.value; note.value = ""; }
    });
  }
}

export function helpWithForms(desk) {
  desk.querySelectorAll("[data-look]").forEach(lookAtAddress);
  careForUnsent(desk);
  shareNote(desk);
  sendOnce();
}
