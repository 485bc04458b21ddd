/**
 * The chat of this call. A message that the server has not handed on yet is sent again until it is; it knows each by its id
 * and hands it on once.
 */

import { freshName } from "../lib/fresh-name.js";
import { gettext } from "../lib/texts.js";
import { isSealed, read, write } from "./chat-message.js";

const AGAIN_AFTER = 2000;
/** The keys of a line come with it, or soon after. */
const KEY_WITHIN = 5000;

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
 * @property {boolean} plain whether it came without encryption, though there is one
 */

export class Chat {
  /** What the server has not handed on yet, oldest first. @type {Map<string, {content: string, sealed: string}>} */
  #waiting = new Map();
  /** What no key opens yet. @type {Map<string, import("./signaling.js").Message>} */ #unreadable = new Map();
  #timer = 0;
  /** Lines are read one after the other. */ #reading = Promise.resolve();

  /** @param {import("./call.js").Call} call */
  constructor(call) {
    this.call = call;
    call.hearing.chat = (message) => this.#hear(message);
    if (call.encryption) call.encryption.chatChanged = () => this.#lookAgain();
  }

  #lookAgain() {
    const messages = [...this.#unreadable.values()];
    this.#unreadable.clear();
    for (const message of messages) this.#hear(message);
    void this.#sendWaiting();
  }

  /** @param {Content} content */
  send(content) {
    const id = freshName();
    this.#waiting.set(id, { content: write(content), sealed: "" });
    this.#add({ id, name: "", at: Date.now(), ...content, sent: false, plain: false });
    void this.#sendWaiting();
  }

  async #sendWaiting() {
    clearTimeout(this.#timer);
    const { phase } = this.call.store.state;
    if (!this.#waiting.size || phase === "left") return;
    this.#timer = setTimeout(() => void this.#sendWaiting(), AGAIN_AFTER);
    if (phase !== "in") return;
    const { encryption } = this.call;
    for (const [id, line] of this.#waiting) {
      if (!encryption?.encryptsChat) this.call.signaling.send({ type: "chat", id, content: line.content });
      else if (encryption.chat.ready) {
        line.sealed ||= await encryption.chat.seal(this.call.config.me.person, id, line.content);
        this.call.signaling.send({ type: "chat", id, content: line.sealed });
      }
    }
  }

  /** @param {import("./signaling.js").Message} message */
  #hear(message) {
    if (message.person === this.call.config.me.person) this.#waiting.delete(message.id);
    this.#reading = this.#reading.then(() => this.#read(message));
  }

  /** @param {import("./signaling.js").Message} message */
  async #read(message) {
    const { id, person, name, at, content } = message;
    const own = person === this.call.config.me.person;
    const known = this.call.store.state.chat.find((line) => line.id === id && (line.name === "") === own);
    if (known?.sent && known.text !== UNREADABLE) return;
    const { encryption } = this.call;
    const opened = isSealed(content) ? ((await encryption?.chat.open(person, id, content)) ?? null) : content;
    const line = { id, name: own ? "" : name, at: at * 1000, text: UNREADABLE, picture: "", sent: true, plain: false };
    if (opened !== null) {
      Object.assign(line, read(opened), { plain: opened === content && Boolean(encryption?.encryptsChat) });
      if (!line.text && !line.picture) line.text = gettext("This message cannot be shown.");
      return this.#add(line);
    }
    const key = `${person} ${id}`;
    this.#unreadable.set(key, message);
    if (!known) setTimeout(() => this.#unreadable.has(key) && this.#add(line), KEY_WITHIN);
  }

  /** Own messages that are not handed on yet come last. @param {Line} line */
  #add(line) {
    const others = this.call.store.state.chat.filter((each) => each.id !== line.id || each.name !== line.name);
    const sent = [...others, line].filter((each) => each.sent).sort((one, other) => one.at - other.at);
    this.call.store.set({ chat: [...sent, ...[...others, line].filter((each) => !each.sent)] });
  }
}

const UNREADABLE = gettext("This message is encrypted, and cannot be read here.");
