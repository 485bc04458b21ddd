/**
 * The chat of this call. A message that the server has not handed on yet is sent again until it is; it knows each by its id
 * and hands it on once.
 */

import { gettext } from "../lib/texts.js";
import { read, write } from "./chat-message.js";

const AGAIN_AFTER = 2000;

/**
 * @typedef {import("./chat-message.js").Content} Content
 *
 * @typedef {object} Line
 * @property {string} id
 * @property {string} name '' for one's own
 * @property {number} at ms since 1970
 * @property {string} text
 * @property {string} picture
 * @property {boolean} sent whether the server has handed it on
 */

export class Chat {
  /** What the server has not handed on yet, oldest first. @type {Map<string, string>} */ #waiting = new Map();
  #timer = 0;

  /** @param {import("./call.js").Call} call */
  constructor(call) {
    this.call = call;
    call.hearing.chat = (message) => this.#hear(message);
  }

  /** @param {Content} content */
  send(content) {
    const id = makeId();
    this.#waiting.set(id, write(content));
    this.#add({ id, name: "", at: Date.now(), ...content, sent: false });
    this.#sendWaiting();
  }

  #sendWaiting() {
    clearTimeout(this.#timer);
    const { phase } = this.call.store.state;
    if (!this.#waiting.size || phase === "left") return;
    if (phase === "in") for (const [id, content] of this.#waiting) this.call.signaling.send({ type: "chat", id, content });
    this.#timer = setTimeout(() => this.#sendWaiting(), AGAIN_AFTER);
  }

  /** @param {import("./signaling.js").Message} message */
  #hear({ id, person, name, at, content }) {
    const { chat } = this.call.store.state;
    const own = person === this.call.config.me.person;
    if (own) this.#waiting.delete(id);
    const known = chat.find((line) => line.id === id && (line.name === "") === own);
    if (known?.sent) return;
    const line = { id, name: own ? "" : name, at: at * 1000, ...read(content), sent: true };
    if (!line.text && !line.picture) line.text = gettext("This message cannot be shown.");
    this.#add(line);
  }

  /** Own messages that are not handed on yet come last. @param {Line} line */
  #add(line) {
    const others = this.call.store.state.chat.filter((each) => each.id !== line.id || each.name !== line.name);
    const lines = line.sent ? [...others.filter((each) => each.sent), line, ...others.filter((each) => !each.sent)] : [...others, line];
    this.call.store.set({ chat: lines });
  }
}

/** Where the address does not begin with https, there is no randomUUID. */
function makeId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
