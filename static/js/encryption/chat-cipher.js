/**
 * The chat's lines, encrypted with secrets derived from those of the frames. Who comes late gets all secrets of the chat
 * from the others, and so can read what the server has kept of it. Pure but for WebCrypto.
 */

import { fromBase64, toBase64 } from "../lib/base64.js";
import { bytes, deriveFrameKey, kidOf } from "./frame-keys.js";

const CHAT = 3;
const SECRET_BITS = 256;
const NONCE = 12;

/** @param {Uint8Array} secret that of the frames, which it does not tell */
export async function chatSecretOf(secret) {
  const base = await crypto.subtle.importKey("raw", bytes(secret), "HKDF", false, ["deriveBits"]);
  const info = new TextEncoder().encode("Fireside chat");
  const algorithm = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, base, SECRET_BITS));
}

export class ChatCipher {
  /** By the name that lines give it. @type {Map<string, CryptoKey>} */ #keys = new Map();
  #used = "";

  /** @param {Uint8Array} secret */
  async learn(secret) {
    const name = await nameOf(secret);
    if (!this.#keys.has(name)) this.#keys.set(name, (await deriveFrameKey(secret, kidOf(0, CHAT))).key);
    return name;
  }

  /** Encrypts with this secret from now on. @param {Uint8Array} secret */
  async use(secret) {
    this.#used = await this.learn(secret);
  }

  /** Whether there is a secret to encrypt with. */
  get ready() {
    return Boolean(this.#used);
  }

  /**
   * @param {string} person who writes
   * @param {string} id the line's
   * @param {string} text
   * @returns {Promise<string>} what the server carries
   */
  async seal(person, id, text) {
    const key = this.#keys.get(this.#used);
    if (!key) throw new Error("there is no secret yet");
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
    const sealed = await crypto.subtle.encrypt(algorithmOf(nonce, person, id), key, new TextEncoder().encode(text));
    const content = new Uint8Array([...nonce, ...new Uint8Array(sealed)]);
    return JSON.stringify({ key: this.#used, sealed: toBase64(content) });
  }

  /**
   * @param {string} person
   * @param {string} id
   * @param {string} content
   * @returns {Promise<string|null>} null for what cannot be read, perhaps not yet
   */
  async open(person, id, content) {
    try {
      const said = JSON.parse(content);
      const key = this.#keys.get(said.key);
      if (!key) return null;
      const data = fromBase64(said.sealed);
      const opened = await crypto.subtle.decrypt(algorithmOf(data.slice(0, NONCE), person, id), key, data.slice(NONCE));
      return new TextDecoder().decode(opened);
    } catch {
      return null;
    }
  }
}

/**
 * A line is its writer's, and cannot be given to another.
 * @param {Uint8Array} iv
 * @param {string} person
 * @param {string} id
 */
function algorithmOf(iv, person, id) {
  return { name: "AES-GCM", iv: bytes(iv), additionalData: new TextEncoder().encode(JSON.stringify([person, id])) };
}

/** @param {Uint8Array} secret */
async function nameOf(secret) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes(secret)));
  return toBase64(digest.slice(0, 9));
}
