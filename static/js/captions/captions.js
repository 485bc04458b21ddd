/**
 * Captions of what the others say: made in the reader's own browser, with the speaker's yes, and kept nowhere. Loaded when
 * somebody opens the settings, or is asked.
 */

import { find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";
import { ASK_EVERY, Consent } from "./consent.js";
import { Lines } from "./lines.js";
import { closest, Models } from "./models.js";
import { Panel } from "./panel.js";
import { Questions } from "./questions.js";
import { Listener, localRecognition } from "./recognition.js";
import { keepAnswers, keepLook, readAnswers, readLook } from "./wishes.js";

const EVERY = 1000;
const STYLE = new URL("../../css/captions.css", import.meta.url).href;
const TROUBLE = gettext("Captions have stopped: your browser could not go on. Switch them off and on to try again.");
const ELSEWHERE = gettext("Captions were not begun: your browser would not keep the sound on this device.");

/** @typedef {import("../call/state.js").Other} Other */

export class Captions {
  recognition = localRecognition(window);
  look = readLook();
  on = false;
  /** What went wrong, in words. */ trouble = "";
  #lines = new Lines();
  /** @type {Map<string, Listener>} */ #listeners = new Map();
  #asked = -Infinity;
  /** Whom the latest question went to. */ #whom = "";

  /** @param {import("../call/call.js").Call} call */
  constructor(call) {
    this.call = call;
    const { socket, me } = call.config;
    const send = (/** @type {string} */ to, /** @type {string} */ says, language = "") =>
      call.signaling.send({ type: "captions", to, says, language });
    this.consent = new Consent(send, readAnswers(socket, me.person), document.documentElement.lang, () => performance.now());
    this.models = new Models(this.recognition, () => this.#update());
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: STYLE }));
    this.page = find("[data-call]", HTMLElement);
    this.box = Object.assign(document.createElement("div"), { id: "captions", className: "captions", hidden: true });
    this.aloud = Object.assign(document.createElement("p"), { className: "sr" });
    find("#stage", HTMLElement).after(this.box, this.aloud);
    this.panel = new Panel(this);
    this.questions = new Questions(this);
    call.store.watch((state, before) => {
      if (state.phase === "left" && before.phase !== "left") this.switch(false);
      this.#update();
    });
    setInterval(() => this.#update(), EVERY);
  }

  /** Those who are in the call with us. @returns {readonly Other[]} */
  get others() {
    const { people, phase } = this.call.store.state;
    return phase === "in" ? people.filter(({ slot, here }) => slot !== null && here !== "waiting") : [];
  }

  /** @param {any} message */
  hear(message) {
    this.consent.hear(message);
    this.#update();
  }

  /** @param {boolean} on whether we would like captions */
  switch(on) {
    this.on = on && Boolean(this.recognition);
    this.trouble = "";
    this.#asked = -Infinity;
    if (!this.on) this.consent.end();
    this.#update();
  }

  /** @param {string} person @param {import("./consent.js").Answer} answer */
  answer(person, answer) {
    this.consent.answer(person, answer);
    keepAnswers(this.call.config.socket, this.call.config.me.person, this.consent.answers);
    this.#update();
  }

  /** @param {Partial<import("./wishes.js").Look>} wish */
  wish(wish) {
    this.look = { ...this.look, ...wish };
    keepLook(this.look);
    this.#update();
  }

  /** What this person speaks, as far as we know. @param {string} person */
  languageOf(person) {
    const told = this.consent.told.get(person)?.language;
    return this.look.languages[person] ?? closest(told || document.documentElement.lang);
  }

  #update() {
    if (this.on) this.#ask();
    this.#listen();
    this.#draw();
    this.panel.draw();
    this.questions.draw();
  }

  #ask() {
    const whom = this.others.map(({ person }) => person);
    const again = performance.now() - this.#asked >= ASK_EVERY;
    if (!this.call.store.state.socket || (!again && whom.join(" ") === this.#whom)) return;
    [this.#asked, this.#whom] = [performance.now(), whom.join(" ")];
    this.consent.ask(whom);
  }

  /** Begins and ends recognition, as it is allowed and possible. */
  #listen() {
    /** @type {Map<string, {name: string, track: MediaStreamTrack, language: string}>} */ const wanted = new Map();
    for (const { person, name, here, microphone, slot } of this.others) {
      const track = this.call.peer?.slots[slot ?? -1]?.face.getAudioTracks()[0];
      const language = this.languageOf(person);
      const may = this.on && !this.trouble && this.consent.allows(person) && here === "in" && microphone;
      if (may && track?.readyState === "live" && this.models.state(language) === "available") wanted.set(person, { name, track, language });
    }
    for (const [person, listener] of this.#listeners) {
      const still = wanted.get(person);
      if (still?.track === listener.track && still.language === listener.language) continue;
      listener.stop();
      this.#listeners.delete(person);
      if (!this.on || !this.consent.allows(person)) this.#lines.remove(person);
    }
    for (const [person, { name, track, language }] of wanted) {
      if (!this.#listeners.has(person)) this.#begin(person, name, track, language);
    }
  }

  /**
   * @param {string} person
   * @param {string} name
   * @param {MediaStreamTrack} track
   * @param {string} language
   */
  #begin(person, name, track, language) {
    const listener = new Listener(this.recognition, track, language, {
      heard: (parts) => {
        for (const part of parts) {
          this.#lines.add({ person, name, at: performance.now(), ...part });
          if (part.final && this.look.aloud) this.aloud.textContent = `${name}: ${part.text}`;
        }
        this.#draw();
      },
      failed: (why) => {
        this.trouble = why === "not-local" ? ELSEWHERE : TROUBLE;
        setTimeout(() => this.#update());
      },
    });
    this.#listeners.set(person, listener);
  }

  /** What is said where there are no captions yet. */
  #says() {
    if (this.trouble) return this.trouble;
    if (this.#listeners.size) return gettext("Captions are on.");
    return this.others.map((other) => this.panel.sentence(other)).join(" ") || gettext("Captions begin when somebody else is here.");
  }

  #draw() {
    const { size, place, contrast, aloud } = this.look;
    this.page.dataset.captions = this.on ? place : "";
    Object.assign(this.box.dataset, { size, contrast });
    this.page.dataset.captionsSize = size;
    this.box.hidden = !this.on;
    if (aloud) this.aloud.setAttribute("aria-live", "polite");
    else this.aloud.removeAttribute("aria-live");
    if (!aloud || !this.on) this.aloud.textContent = "";
    const lines = this.on ? this.#lines.shown(performance.now()) : [];
    const shown = lines.length ? lines.map(({ name, text }) => [name, text]) : [["", this.on ? this.#says() : ""]];
    if (JSON.stringify(shown) === this.box.dataset.shown) return;
    this.box.dataset.shown = JSON.stringify(shown);
    this.box.replaceChildren(...shown.map(([name, text]) => paragraph(name ?? "", text ?? "")));
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
function paragraph(name, text) {
  const line = Object.assign(document.createElement("p"), { dir: "auto" });
  const speaker = Object.assign(document.createElement("b"), { textContent: name });
  line.append(...(name ? [speaker, " "] : []), text);
  return line;
}

/** @type {Captions|null} */ let made = null;

/** The one of this page. @param {import("../call/call.js").Call} call */
export function captionsOf(call) {
  made ??= new Captions(call);
  return made;
}
