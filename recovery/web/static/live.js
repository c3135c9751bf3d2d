// What others do and what comes in appears by itself: pushed, or asked for where nothing is pushed.
import { isTyping } from "./keys.js";
import { post } from "./post.js";

const ASK_EVERY = 10_000, LANES_EVERY = 60_000, LANES_REST = 2_000;
const BEAT_EVERY = 45_000, AWAY_AFTER = 4 * 60_000;

const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });
const quietly = { headers: { "X-Background": "1", Accept: "text/html" } };

/** Puts fetched parts in place of those with the same id; what somebody works in stays. */
function replaceParts(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const old = document.getElementById(part.id);
    if (!old || old.querySelector("input:checked") || isTyping(document.activeElement) && old.contains(document.activeElement)) continue;
    if (old.outerHTML === part.outerHTML || isPlaying(old)) continue;
    const focused = old.contains(document.activeElement) ? place(old, document.activeElement) : null;
    old.replaceWith(document.importNode(part, true));
    if (focused !== null) document.getElementById(part.id).querySelectorAll("a, button, summary")[focused]?.focus();
  }
}

/** A voice note is not cut off by what comes in meanwhile. */
const isPlaying = (part) => [...part.querySelectorAll("audio, video")].some((one) => !one.paused);

const place = (part, element) => [...part.querySelectorAll("a, button, summary")].indexOf(element);

async function load(path) {
  const answer = await fetch(path, quietly);
  if (answer.status === 401 || answer.redirected) return;
  if (answer.ok) replaceParts(await answer.text());
}

/** Shows what the call's state asks of the rep. */
export function followCall() {
  const call = document.getElementById("part-call");
  const outcomes = document.getElementById("outcomes");
  if (!call || !outcomes) return;
  const asked = call.dataset.asks === "1" && call.dataset.calling !== "1";
  outcomes.classList.toggle("asked", asked);
  for (const button of outcomes.querySelectorAll("[value], [data-code]")) {
    const code = button.value ?? button.dataset.code;
    const shown = button.matches("details") ? button.querySelector("summary") : button;
    if (button.matches("button, details")) shown.classList.toggle("suggested", Boolean(code) && code === call.dataset.suggested);
  }
}

class Live {
  constructor(desk) {
    this.desk = desk;
    this.case = Number(desk.dataset.case) || 0;
    this.card = desk.querySelector("[data-news]");
    this.heard = null;
    this.lanesAt = 0;
  }

  async lanes() {
    if (this.lanesDue) return;
    this.lanesDue = true;
    await sleep(Math.max(0, this.lanesAt + LANES_REST - Date.now()));
    this.lanesDue = false;
    this.lanesAt = Date.now();
    const path = this.desk.dataset.live;
    await load(this.case ? `${path}${path.includes("?") ? "&" : "?"}case=${this.case}` : path);
  }

  async news(announce) {
    const bubbles = () => document.querySelectorAll(".bubble.contact").length;
    const before = bubbles();
    await load(this.card.dataset.news);
    followCall();
    this.again();
    if (announce && bubbles() > before) document.getElementById("announce").textContent = this.desk.dataset.newsWords;
  }

  /** A text on its way, or a call: looked at once more, as not each step is told. */
  again() {
    const seconds = Number(document.getElementById("part-thread")?.dataset.again);
    if (!seconds || this.tries > 5) return;
    this.tries = (this.tries ?? 0) + 1;
    setTimeout(() => this.news(false), seconds * 1000);
  }

  take(told) {
    this.heard = told.number;
    if (told.lanes || told.missed) this.lanes();
    if (this.card && (told.missed || told.cases.includes(this.case))) {
      this.tries = 0;
      this.news(true);
    }
  }

  /** One stream until it ends; throws where there is none. */
  async stream() {
    const headers = { "X-Background": "1", Accept: "text/event-stream" };
    const answer = await fetch(this.path(), { headers, signal: this.stopped.signal });
    if (!answer.ok || !answer.headers.get("content-type")?.startsWith("text/event-stream")) throw new Error("no stream");
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      for (const event of events) {
        const data = event.split("\n").find((line) => line.startsWith("data: "));
        if (data) this.take(JSON.parse(data.slice(6)));
      }
    }
  }

  async ask() {
    const answer = await fetch(this.path(), { headers: { "X-Background": "1", Accept: "application/json" } });
    if (answer.ok) this.take(await answer.json());
  }

  path() { return this.heard === null ? "/events" : `/events?heard=${this.heard}`; }

  async run() {
    this.stopped = new AbortController();
    window.addEventListener("pagehide", () => this.stopped.abort());
    setInterval(() => { if (!document.hidden) this.lanes(); }, LANES_EVERY);
    while (!this.stopped.signal.aborted) {
      try {
        await this.stream();
        await sleep(300);
      } catch {
        if (this.stopped.signal.aborted) return;
        await this.ask().catch(() => {});
        await sleep(ASK_EVERY);
      }
    }
  }
}

/** While somebody works on a card they hold it; who goes away lets it go. */
function holdOn(card) {
  if (!card?.dataset.mine) return;
  let last = Date.now();
  for (const kind of ["pointermove", "keydown", "touchstart"]) {
    document.addEventListener(kind, () => { last = Date.now(); }, { passive: true });
  }
  const beat = setInterval(() => {
    if (Date.now() - last > AWAY_AFTER) return;
    post(card.dataset.beat).catch((error) => {
      clearInterval(beat);
      document.getElementById("announce").textContent = error.message;
    });
  }, BEAT_EVERY);
}

/** Starts everything that goes on while the page is open. */
export function followLive(desk) {
  const live = new Live(desk);
  followCall();
  const later = desk.querySelector("[data-later]");
  if (later) load(later.dataset.later).catch(() => {});
  if (live.card) live.again();
  holdOn(live.card);
  live.run();
}
