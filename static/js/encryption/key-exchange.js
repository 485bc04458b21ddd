/**
 * Our keys and the others': an agreement with each other browser, and through it our present secret. A fresh one is made
 * when somebody joins, leaves or comes with another browser; it is used when all have acknowledged it, or after a second.
 */

import { fromBase64, toBase64 } from "../lib/base64.js";
import { Agreement, parseSaid } from "./agreement.js";
import { chatSecretOf } from "./chat-cipher.js";

const AGAIN_AFTER = 700;
const LONGEST_WAIT = 1000;
/** The secrets of the chat that are handed on to who comes late: they must fit into one message. */
const MOST_CHAT_SECRETS = 100;

/**
 * @typedef {{id: number, secret: Uint8Array, chat: Uint8Array}} Secret
 * @typedef {object} Listener
 * @property {(to: string, content: string) => void} send
 * @property {(id: number, secret: Uint8Array, chat: Uint8Array) => void} use encrypt with this from now on
 * @property {(person: string, id: number, secret: Uint8Array) => void} learned
 * @property {(secrets: readonly Uint8Array[]) => void} learnedChat
 * @property {(person: string) => void} gone
 * @property {(person: string, device: {key: string, signature: string}) => void} introduced
 * @property {(person: string) => void} agreed with another browser than before
 */

export class KeyExchange {
  /** @type {Map<string, Agreement>} */ agreements = new Map();
  /** Who is in the call. @type {readonly string[]} */ #members = [];
  /** What we encrypt with. @type {Secret|null} */ #used = null;
  /** The newest, which all have to acknowledge. @type {Secret|null} */ #newest = null;
  /** Who has acknowledged the newest. */ #acknowledged = new Set();
  /** Who can read anything of ours. */ #reading = new Set();
  /** Whose agreement has carried something. */ #confirmed = new Set();
  #chat = /** @type {Map<string, Uint8Array>} */ (new Map());
  #waiting = 0;
  #lastId = -1;
  #timer = 0;
  /** One after the other. */ #doing = Promise.resolve();

  /**
   * @param {string} me
   * @param {Listener} listener
   */
  constructor(me, listener) {
    this.me = me;
    this.listener = listener;
    /** What is told of our device within each agreement. @type {(transcript: Uint8Array) => Promise<object|null>} */
    this.introduce = async () => null;
    Agreement.prepare(me);
    this.#timer = setInterval(() => this.#inTurn(() => this.#sayAgain()), AGAIN_AFTER);
  }

  close() {
    clearInterval(this.#timer);
    clearTimeout(this.#waiting);
    this.#doing = this.#doing.then(() => new Promise(() => {}));
  }

  /** Ends when all that was to be done has been done. */
  get idle() {
    return this.#doing;
  }

  /**
   * Who is in the call now, and can encrypt.
   * @param {readonly string[]} people
   */
  meet(people) {
    return this.#inTurn(async () => {
      const gone = this.#members.filter((person) => !people.includes(person));
      const come = people.filter((person) => !this.#members.includes(person));
      this.#members = people;
      for (const person of gone) {
        this.#reading.delete(person);
        this.agreements.delete(person);
        this.listener.gone(person);
      }
      for (const person of come) await this.#agreementWith(person);
      if (gone.length || come.some((person) => this.agreements.get(person)?.established)) await this.#renew();
      for (const person of come) this.#greet(person, true);
    });
  }

  /**
   * Begins to agree with these people, before we are in the call with them.
   * @param {readonly string[]} people
   */
  greet(people) {
    return this.#inTurn(async () => {
      for (const person of people.filter((each) => !this.agreements.has(each))) {
        await this.#agreementWith(person);
        this.#greet(person, true);
      }
    });
  }

  /** Makes a fresh secret. */
  renew() {
    return this.#inTurn(() => this.#renew());
  }

  /**
   * @param {string} person
   * @param {string} content
   */
  hear(person, content) {
    return this.#inTurn(async () => {
      const said = parseSaid(content);
      if (!said) return;
      const agreement = await this.#agreementWith(person);
      if ("sealed" in said) return this.#take(person, await agreement.open(said));
      const before = agreement.established;
      const answer = await agreement.hear(said);
      if (agreement.established !== before) for (const each of [this.#confirmed, this.#reading]) each.delete(person);
      if (answer) this.#post(person, answer);
      if (!agreement.established || agreement.established === before) return;
      this.listener.agreed(person);
      if (this.#members.includes(person)) await this.#renew();
      const device = await this.introduce(agreement.established.transcript);
      if (device) await this.#seal(person, { device });
      Agreement.prepare(this.me);
    });
  }

  /** Asks for this person's secret again: their frames cannot be opened. @param {string} person */
  askAgain(person) {
    return this.#inTurn(async () => {
      const sent = await this.#seal(person, { again: true });
      if (!sent) this.#greet(person, true);
    });
  }

  /** @param {string} person */
  async #agreementWith(person) {
    const agreement = this.agreements.get(person) ?? (await Agreement.begin(this.me, person));
    this.agreements.set(person, agreement);
    return agreement;
  }

  async #renew() {
    clearTimeout(this.#waiting);
    const secret = crypto.getRandomValues(new Uint8Array(32));
    this.#lastId = (this.#lastId + 1) % 256;
    const fresh = { id: this.#lastId, secret, chat: await chatSecretOf(secret) };
    this.#newest = fresh;
    this.#acknowledged.clear();
    this.#keepChat([fresh.chat]);
    const partners = this.#partners();
    for (const person of partners) await this.#tellSecret(person);
    // While nobody can read us, nothing is lost to anybody.
    if (partners.some((person) => this.#reading.has(person))) this.#waiting = setTimeout(() => this.#use(), LONGEST_WAIT);
    else this.#use();
  }

  #use() {
    clearTimeout(this.#waiting);
    if (!this.#newest || this.#used === this.#newest) return;
    this.#used = this.#newest;
    this.listener.use(this.#used.id, this.#used.secret, this.#used.chat);
  }

  /** Members with whom we have agreed. */
  #partners() {
    return this.#members.filter((person) => this.agreements.get(person)?.established);
  }

  /** @param {string} person */
  async #tellSecret(person) {
    if (!this.#newest) return;
    const { id, secret } = this.#newest;
    const chat = [...this.#chat.keys()].slice(-MOST_CHAT_SECRETS);
    await this.#seal(person, { id, secret: toBase64(secret), chat });
  }

  /**
   * @param {string} person
   * @param {any} message
   */
  async #take(person, message) {
    if (!message) return;
    this.#confirmed.add(person);
    if (message.device) this.listener.introduced(person, message.device);
    if (message.again && this.#members.includes(person)) await this.#tellSecret(person);
    if (typeof message.secret === "string") {
      this.#keepChat(message.chat.map(fromBase64));
      this.listener.learned(person, message.id, fromBase64(message.secret));
      await this.#seal(person, { acknowledged: message.id });
    }
    if (message.acknowledged === this.#newest?.id) {
      this.#acknowledged.add(person);
      this.#reading.add(person);
      if (this.#partners().every((each) => this.#acknowledged.has(each))) this.#use();
    }
  }

  async #sayAgain() {
    for (const person of this.#members) {
      const established = this.agreements.get(person)?.established;
      if (!established || !this.#confirmed.has(person)) this.#greet(person, true);
      if (established && !this.#acknowledged.has(person)) await this.#tellSecret(person);
    }
  }

  /** @param {readonly Uint8Array[]} secrets */
  #keepChat(secrets) {
    const fresh = secrets.filter((secret) => !this.#chat.has(toBase64(secret)));
    for (const secret of fresh) this.#chat.set(toBase64(secret), secret);
    if (fresh.length) this.listener.learnedChat(fresh);
  }

  /**
   * @param {string} person
   * @param {boolean} ask
   */
  #greet(person, ask) {
    const agreement = this.agreements.get(person);
    if (agreement) this.#post(person, agreement.greet(ask));
  }

  /**
   * @param {string} person
   * @param {object} message
   * @returns {Promise<boolean>} whether there is an agreement to send it by
   */
  async #seal(person, message) {
    const sealed = await this.agreements.get(person)?.seal(message);
    if (sealed) this.#post(person, sealed);
    return Boolean(sealed);
  }

  /**
   * @param {string} person
   * @param {object} content
   */
  #post(person, content) {
    this.listener.send(person, JSON.stringify(content));
  }

  /**
   * @param {() => Promise<void>} work
   * @returns {Promise<void>}
   */
  #inTurn(work) {
    this.#doing = this.#doing.then(work).catch((error) => console.warn("keys could not be agreed on", error));
    return this.#doing;
  }
}
