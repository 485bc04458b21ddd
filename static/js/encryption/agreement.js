/**
 * The agreement of two browsers on keys that the server between them cannot know, if the two people find the same pictures.
 * Commitments come before keys: a server in the middle would have to choose its keys before it sees ours, so four pictures
 * suffice. docs/protocol.md describes it. Pure but for WebCrypto.
 */

import { fromBase64, toBase64 } from "../lib/base64.js";
import { bytes } from "./frame-keys.js";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
/** Four pictures of 64. */
const PICTURE_BITS = 24;

/**
 * @typedef {{from: string, to: string, commitment: string, keys?: string, ask: boolean}} Greeting
 * @typedef {{from: string, to: string, number: number, sealed: string}} Sealed
 * @typedef {{stay: string, modern: CryptoKeyPair|null, classic: CryptoKeyPair, keys: string, commitment: string}} Own
 * @typedef {object} Established
 * @property {CryptoKey} sending
 * @property {CryptoKey} receiving
 * @property {Uint8Array} transcript what both have agreed on; the same on both sides
 * @property {number[]} pictures four numbers below 64; the same on both sides
 */

export class Agreement {
  /** @type {Established|null} */ established = null;
  /** @type {{stay: string, commitment: string}|null} */ #theirs = null;
  #revealed = false;
  #sent = 0;
  #received = 0;

  /**
   * @param {string} me
   * @param {string} other
   * @param {Own} own
   */
  constructor(me, other, own) {
    this.me = me;
    this.other = other;
    this.own = own;
  }

  /**
   * @param {string} me
   * @param {string} other
   */
  static async begin(me, other) {
    return new Agreement(me, other, await takeOwn(me));
  }

  /** Makes the keys of the next agreement ready, as that takes a moment. @param {string} me */
  static prepare(me) {
    if (!prepared.has(me)) prepared.set(me, makeOwn(me));
  }

  /**
   * What to tell the other of where we are.
   * @param {boolean} ask whether we want to hear where they are
   * @returns {Greeting}
   */
  greet(ask) {
    const { stay, commitment, keys } = this.own;
    return { from: stay, to: this.#theirs?.stay ?? "", commitment, ...(this.#revealed && { keys }), ask };
  }

  /**
   * @param {Greeting} said
   * @returns {Promise<Greeting|null>} the answer, if there is something to tell
   */
  async hear(said) {
    // Meant for an agreement of ours that is over: they learn of this one.
    if (said.to && said.to !== this.own.stay) return said.ask ? { ...this.greet(false), to: "", keys: undefined } : null;
    let news = said.ask;
    if (said.from !== this.#theirs?.stay) {
      await this.#meet(said.from, said.commitment);
      news = true;
    } else if (said.commitment !== this.#theirs.commitment) return null;
    if (said.to !== this.own.stay) return news ? this.greet(false) : null;
    if (!this.#revealed) this.#revealed = news = true;
    if (said.keys && !this.established) await this.#establish(said.keys);
    return news ? this.greet(false) : null;
  }

  /** @param {unknown} message @returns {Promise<Sealed|null>} null before keys are agreed on */
  async seal(message) {
    const to = this.#theirs?.stay ?? "";
    if (!this.established) return null;
    this.#sent += 1;
    const number = this.#sent;
    const sealed = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv: numbered(number) },
      this.established.sending,
      new TextEncoder().encode(JSON.stringify(message)),
    );
    return { from: this.own.stay, to, number, sealed: toBase64(new Uint8Array(sealed)) };
  }

  /**
   * @param {Sealed} said
   * @returns {Promise<any>} the message; null for what is not of this agreement, was altered or comes again
   */
  async open(said) {
    if (!this.established || said.to !== this.own.stay || said.from !== this.#theirs?.stay) return null;
    if (!(said.number > this.#received)) return null;
    try {
      const algorithm = { name: "AES-GCM", iv: numbered(said.number) };
      const opened = await crypto.subtle.decrypt(algorithm, this.established.receiving, fromBase64(said.sealed));
      if (said.number <= this.#received) return null;
      this.#received = said.number;
      return JSON.parse(new TextDecoder().decode(opened));
    } catch {
      return null;
    }
  }

  /**
   * Another browser of theirs, or another agreement. Keys of ours that were shown to somebody are not used again.
   * @param {string} stay
   * @param {string} commitment
   */
  async #meet(stay, commitment) {
    if (this.#revealed) this.own = await takeOwn(this.me);
    this.#theirs = { stay, commitment };
    this.#revealed = false;
    this.established = null;
    this.#sent = this.#received = 0;
  }

  /** @param {string} keys theirs */
  async #establish(keys) {
    const theirs = this.#theirs;
    if (!theirs || (await commit(this.other, theirs.stay, keys)) !== theirs.commitment) return;
    const both = [
      [this.me, this.own.stay, this.own.keys],
      [this.other, theirs.stay, keys],
    ].sort();
    const transcript = await hash(["Fireside agreement", ...both]);
    try {
      const shared = await deriveShared(this.own, keys);
      const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveBits", "deriveKey"]);
      const derivation = (/** @type {string} */ info) => ({
        name: "HKDF",
        hash: "SHA-256",
        salt: bytes(transcript),
        info: new TextEncoder().encode(info),
      });
      const to = (/** @type {string} */ person) =>
        crypto.subtle.deriveKey(derivation(`to ${person}`), base, { name: "AES-GCM", length: 128 }, false, ["encrypt", "decrypt"]);
      const [sending, receiving, drawn] = await Promise.all([
        to(this.other),
        to(this.me),
        crypto.subtle.deriveBits(derivation("pictures"), base, PICTURE_BITS),
      ]);
      const number = new Uint8Array(drawn).reduce((sum, byte) => sum * 256 + byte, 0);
      this.established = { sending, receiving, transcript, pictures: [18, 12, 6, 0].map((shift) => (number >> shift) & 63) };
    } catch {
      // Public keys that are none.
    }
  }
}

/** Keys that are ready, by person; each is taken once. @type {Map<string, Promise<Own>>} */
const prepared = new Map();

/** @param {string} person */
function takeOwn(person) {
  const own = prepared.get(person) ?? makeOwn(person);
  prepared.delete(person);
  return own;
}

/** @param {string} person @returns {Promise<Own>} */
async function makeOwn(person) {
  const [modern, classic] = await Promise.all([
    crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"]).catch(() => null),
    crypto.subtle.generateKey(CURVE, false, ["deriveBits"]),
  ]);
  const raw = async (/** @type {CryptoKeyPair} */ pair) => toBase64(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)));
  const keys = [modern ? await raw(/** @type {CryptoKeyPair} */ (modern)) : "", await raw(classic)].join(" ");
  const stay = toBase64(crypto.getRandomValues(new Uint8Array(12)));
  return { stay, modern: /** @type {CryptoKeyPair|null} */ (modern), classic, keys, commitment: await commit(person, stay, keys) };
}

/**
 * @param {Own} own
 * @param {string} theirs
 */
async function deriveShared({ modern, classic }, theirs) {
  const [theirModern = "", theirClassic = ""] = theirs.split(" ");
  if (modern && theirModern) {
    const key = await crypto.subtle.importKey("raw", fromBase64(theirModern), { name: "X25519" }, false, []);
    return crypto.subtle.deriveBits({ name: "X25519", public: key }, modern.privateKey, 256);
  }
  const key = await crypto.subtle.importKey("raw", fromBase64(theirClassic), CURVE, false, []);
  return crypto.subtle.deriveBits({ name: "ECDH", public: key }, classic.privateKey, 256);
}

/**
 * @param {string} person
 * @param {string} stay
 * @param {string} keys
 */
async function commit(person, stay, keys) {
  return toBase64(await hash(["Fireside commitment", person, stay, keys]));
}

/** @param {unknown} what @returns {Promise<Uint8Array>} */
async function hash(what) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(what))));
}

/** @param {number} number */
function numbered(number) {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setBigUint64(4, BigInt(number));
  return iv;
}

/**
 * @param {string} content
 * @returns {Greeting|Sealed|null}
 */
export function parseSaid(content) {
  try {
    const said = JSON.parse(content);
    return typeof said?.from === "string" && typeof said.to === "string" ? said : null;
  } catch {
    return null;
  }
}
