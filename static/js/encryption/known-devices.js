/**
 * This browser's long-lived key, which never leaves it, and the keys of others' devices that it has met: so that two
 * devices recognise each other from call to call. A browser that keeps nothing recognises nobody.
 */

import { fromBase64, toBase64 } from "../lib/base64.js";
import { bytes } from "./frame-keys.js";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };
const OWN = "own";
const KNOWN = "known";

/** @typedef {{key: string, signature: string}} Introduction */
/** @typedef {{id: string, checked: boolean}} Known */

export class KnownDevices {
  /** @param {string} me the person who uses this browser */
  constructor(me) {
    this.me = me;
    /** @type {Promise<IDBDatabase|null>} */
    this.database = open().catch(() => null);
  }

  /**
   * Our own key, with its signature over what two browsers agreed on.
   * @param {Uint8Array} transcript
   * @returns {Promise<Introduction|null>}
   */
  async introduce(transcript) {
    const pair = await this.#ownKey();
    if (!pair) return null;
    const signature = await crypto.subtle.sign(SIGNATURE, pair.privateKey, signed(this.me, transcript));
    const key = await crypto.subtle.exportKey("raw", pair.publicKey);
    return { key: toBase64(new Uint8Array(key)), signature: toBase64(new Uint8Array(signature)) };
  }

  /**
   * What is known of the device that introduces itself. It is remembered from now on.
   * @param {string} person
   * @param {Uint8Array} transcript
   * @param {Introduction} introduction
   * @returns {Promise<"new"|"same"|"checked">} `new` also for one whose signature is not its own
   */
  async recognise(person, transcript, { key, signature }) {
    try {
      const theirs = await crypto.subtle.importKey("raw", fromBase64(key), CURVE, false, ["verify"]);
      if (!(await crypto.subtle.verify(SIGNATURE, theirs, fromBase64(signature), signed(person, transcript)))) return "new";
    } catch {
      return "new";
    }
    const id = idOf(this.me, person, key);
    const known = /** @type {Known|undefined} */ (await this.#ask(KNOWN, (store) => store.get(id)));
    if (!known) await this.#ask(KNOWN, (store) => store.put({ id, checked: false }), "readwrite");
    return known ? (known.checked ? "checked" : "same") : "new";
  }

  /**
   * The two people have compared the pictures.
   * @param {string} person
   * @param {string} key
   */
  async check(person, key) {
    await this.#ask(KNOWN, (store) => store.put({ id: idOf(this.me, person, key), checked: true }), "readwrite");
  }

  async #ownKey() {
    const kept = await this.#ask(OWN, (store) => store.get(this.me));
    if (kept) return /** @type {CryptoKeyPair} */ (kept);
    const made = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
    return (await this.#ask(OWN, (store) => store.put(made, this.me), "readwrite")) === undefined ? null : made;
  }

  /**
   * @param {string} name
   * @param {(store: IDBObjectStore) => IDBRequest} act
   * @param {IDBTransactionMode} [mode]
   * @returns {Promise<unknown>} undefined where nothing is kept
   */
  async #ask(name, act, mode = "readonly") {
    const database = await this.database;
    if (!database) return undefined;
    try {
      return await done(act(database.transaction(name, mode).objectStore(name)));
    } catch {
      return undefined;
    }
  }
}

/** @returns {Promise<IDBDatabase>} */
async function open() {
  const request = indexedDB.open("fireside-encryption", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(OWN);
    request.result.createObjectStore(KNOWN, { keyPath: "id" });
  };
  return done(request);
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @param {string} me
 * @param {string} person
 * @param {string} key
 */
function idOf(me, person, key) {
  return JSON.stringify([me, person, key]);
}

/**
 * @param {string} person
 * @param {Uint8Array} transcript
 */
function signed(person, transcript) {
  return bytes(new TextEncoder().encode(JSON.stringify(["Fireside device", person, toBase64(transcript)])));
}
