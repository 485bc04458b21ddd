/**
 * Sends what is edited, one batch at a time, and hears what the server has. A batch that was not answered is sent again
 * as it is: the server takes it once. Changes come over the page's event stream.
 */

import { listen } from "../lib/events.js";
import { freshName } from "../lib/fresh-name.js";
import { gettext } from "../lib/texts.js";
import { answered, edited, lastBatches, received, sent, typed, waits } from "./rules.js";

/** @typedef {import("./rules.js").RoomState} RoomState */

const TYPING_MS = 300;
/** Who types without a pause is still seen by the other. */
const LONGEST_TYPING_MS = 1000;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 5000;
const ANSWER_WITHIN = 10_000;

const WAITS = gettext("Not saved yet. We keep trying.");
const OVER = gettext("What you write here can no longer be saved. Copy it and reload the page.");
const UNREADABLE = gettext("What you kept here cannot be read: the server's secret has changed. Please tell your scheme.");

export class Sync {
  #writer = freshName();
  #timer = 0;
  #deadline = Infinity;
  #wait = FIRST_WAIT;
  #busy = false;
  #over = false;

  /**
   * @param {import("../lib/store.js").Store<RoomState>} store
   * @param {{events: string, edits: string, csrf: string}} config
   */
  constructor(store, config) {
    this.store = store;
    this.config = config;
    listen(config.events, "content", (data) => this.#hear(data));
    addEventListener("online", () => this.#soon(0));
    // What was typed last still goes out with the page.
    addEventListener("pagehide", () => this.#sendLast());
    document.addEventListener("visibilitychange", () => document.hidden && this.#soon(0));
  }

  /** @param {import("./rules.js").Edit} edit */
  edit(edit) {
    this.store.set(edited(this.store.state, edit));
    this.#soon(0);
  }

  /**
   * @param {string} notes
   * @param {boolean} held
   */
  type(notes, held) {
    this.store.set(typed(this.store.state, notes, held));
    const now = performance.now();
    if (this.#deadline === Infinity) this.#deadline = now + LONGEST_TYPING_MS;
    this.#soon(Math.min(TYPING_MS, Math.max(0, this.#deadline - now)));
  }

  /** @param {string} data */
  #hear(data) {
    if (data === "unreadable") return this.store.set({ trouble: UNREADABLE });
    this.store.set(received(this.store.state, JSON.parse(data)));
    // The server is reached again.
    if (waits(this.store.state) && this.#wait > FIRST_WAIT) this.#soon(0);
  }

  /** @param {number} ms */
  #soon(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), ms);
  }

  async #send() {
    if (this.#over || this.#busy) return;
    this.store.set(sent(this.store.state, this.#writer));
    const batch = this.store.state.sending;
    if (!batch) return;
    this.#busy = true;
    this.#deadline = Infinity;
    const answer = await this.#post([batch], { signal: AbortSignal.timeout(ANSWER_WITHIN) }).catch(() => null);
    const changes = answer?.ok ? await answer.json().catch(() => null) : null;
    this.#busy = false;
    this.#take(answer, changes);
  }

  #sendLast() {
    const batches = lastBatches(this.store.state, this.#writer);
    if (batches.length && !this.#over) void this.#post(batches, { keepalive: true }).catch(() => null);
  }

  /**
   * @param {import("./rules.js").Batch[]} batches
   * @param {RequestInit} how
   */
  #post(batches, how) {
    const body = new URLSearchParams({ csrf: this.config.csrf, batches: JSON.stringify(batches) });
    return fetch(this.config.edits, { method: "POST", body, ...how });
  }

  /**
   * @param {Response|null} answer
   * @param {import("./rules.js").Changes|null} changes
   */
  #take(answer, changes) {
    if (changes) {
      this.#wait = FIRST_WAIT;
      this.store.set(answered(this.store.state, changes));
      if (waits(this.store.state)) this.#soon(TYPING_MS);
    } else if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
      this.#over = true;
      this.store.set({ trouble: OVER });
    } else {
      this.store.set({ trouble: WAITS });
      this.#soon(this.#wait * (0.75 + Math.random() / 2));
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    }
  }
}
