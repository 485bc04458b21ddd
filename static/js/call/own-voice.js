/**
 * Notices when nothing comes from the microphone, and when somebody speaks who is muted. What a muted microphone hears is
 * only measured here and never sent.
 */

import { find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";
import { Loudness } from "./loudness.js";

const EVERY = 100;
/** A room that is quiet is louder than this; what is not is a microphone that is switched off. */
const NOTHING = 1e-5;
const NOTHING_FOR = 8000;
const VOICE = 0.02;
/** So many loud moments of the last ones are a voice, and no cough. */
const MOMENTS = 30;
const LOUD = 5;
const SHOWN = 6000;

const MUTED = gettext("You are speaking, but you are muted.");
const SILENT = gettext("We hear nothing from your microphone. Is it switched on, and is it the right one?");

/** @param {{devices: import("./devices.js").Devices, store: import("../lib/store.js").Store<any>}} call */
export function watchOwnVoice({ devices, store }) {
  if (!("AudioContext" in window)) return;
  const notice = find("#voice-notice", HTMLElement);
  /** @type {Ear|null} */
  let ear = null;
  let heardAt = performance.now();
  let until = 0;
  /** @type {boolean[]} */
  let loud = [];

  /** @param {string} text */
  const say = (text) => void (notice.textContent !== text && (notice.textContent = text));
  setInterval(() => {
    const track = devices.microphone;
    if (ear?.track !== track) {
      ear?.close();
      ear = track && new Ear(track);
      heardAt = performance.now();
      loud = [];
    }
    const now = performance.now();
    const loudness = ear?.loudness() ?? null;
    // Until the page was touched, a browser measures nothing.
    if (loudness === null || loudness > NOTHING) heardAt = now;
    const muted = devices.muted && store.state.phase === "in";
    loud = muted && loudness !== null ? [...loud.slice(1 - MOMENTS), loudness > VOICE] : [];
    if (loud.filter(Boolean).length >= LOUD) until = now + SHOWN;
    if (!muted) until = 0;
    say(now < until ? MUTED : now - heardAt > NOTHING_FOR ? SILENT : "");
  }, EVERY);
}

/** Listens to a microphone, muted or not. */
class Ear {
  #context = new AudioContext();
  /** @type {MediaStreamTrack} */ #clone;
  /** @type {Loudness} */ #loudness;

  /** @param {MediaStreamTrack} track */
  constructor(track) {
    this.track = track;
    this.#clone = track.clone();
    this.#clone.enabled = true;
    this.#loudness = new Loudness(this.#context, this.#clone);
  }

  /** @returns {number|null} 0 to 1, null while nothing can be measured */
  loudness() {
    if (this.#context.state !== "running" || this.#clone.muted) {
      void this.#context.resume().catch(() => {});
      return null;
    }
    return this.#loudness.sinceLastLook();
  }

  close() {
    this.#clone.stop();
    void this.#context.close();
  }
}
