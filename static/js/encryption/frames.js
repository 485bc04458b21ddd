/**
 * One stream's frames, encrypted and opened. An encrypted frame is: clear bytes, ciphertext, tag (16), counter (4), key id
 * (1). The clear bytes, the stream and the person are authenticated with it (RFC 9605's metadata). Pure but for WebCrypto.
 */

import { bytes, nonceOf } from "./frame-keys.js";

export const TAG = 16;
export const TRAILER = TAG + 5;
/** So many counters back, a frame that comes late is still taken. */
export const WINDOW = 128;
const COUNTERS = 2 ** 32;

/** @typedef {import("./frame-keys.js").FrameKey} FrameKey */

/** Encrypts the frames of one stream with one key. A counter is never used twice. */
export class Sealer {
  /**
   * @param {FrameKey} key
   * @param {number} keyId 0 to 255
   * @param {Uint8Array} owner what `ownerOf` says of the stream and the person
   * @param {number} [counter] the first one
   */
  constructor(key, keyId, owner, counter = 0) {
    this.key = key;
    this.keyId = keyId;
    this.owner = owner;
    this.counter = counter;
  }

  /**
   * @param {Uint8Array} frame
   * @param {number} clear how many bytes at its beginning stay readable
   * @returns {Promise<Uint8Array>}
   * @throws {RangeError} when every counter of this key is used up
   */
  async seal(frame, clear) {
    const counter = this.counter;
    if (counter >= COUNTERS) throw new RangeError("this key has encrypted all that it may");
    this.counter += 1;
    const head = frame.subarray(0, clear);
    const sealed = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv: nonceOf(this.key.salt, counter), additionalData: joined(head, this.owner) },
      this.key.key,
      bytes(frame.subarray(clear)),
    );
    const made = new Uint8Array(frame.length + TRAILER);
    made.set(head);
    made.set(new Uint8Array(sealed), head.length);
    new DataView(made.buffer).setUint32(frame.length + TAG, counter);
    made[made.length - 1] = this.keyId;
    return made;
  }
}

/** Opens the frames of one stream that were encrypted with one key, each once. */
export class Opener {
  #window = new ReplayWindow();

  /**
   * @param {FrameKey} key
   * @param {Uint8Array} owner
   */
  constructor(key, owner) {
    this.key = key;
    this.owner = owner;
  }

  /**
   * @param {Uint8Array} sealed
   * @param {number} clear
   * @returns {Promise<Uint8Array|null|undefined>} null for a frame that was altered or is another stream's; undefined for
   *   one that came before, as it does where a packet was only late when it was sent again, or that comes too late
   */
  async open(sealed, clear) {
    const size = sealed.length - TRAILER;
    if (size < clear) return null;
    const counter = new DataView(sealed.buffer, sealed.byteOffset).getUint32(size + TAG);
    if (!this.#window.allows(counter)) return undefined;
    const head = sealed.subarray(0, clear);
    try {
      const opened = await crypto.subtle.decrypt(
        { name: "AES-GCM", iv: nonceOf(this.key.salt, counter), additionalData: joined(head, this.owner) },
        this.key.key,
        bytes(sealed.subarray(clear, size + TAG)),
      );
      // Only what is authentic moves the window; the same frame may have been opened at the same time.
      return this.#window.take(counter) ? joined(head, new Uint8Array(opened)) : undefined;
    } catch {
      return null;
    }
  }
}

/** Which counters have come, of the newest WINDOW. */
export class ReplayWindow {
  #newest = -1;
  #seen = new Float64Array(WINDOW).fill(-1);

  /** @param {number} counter */
  allows(counter) {
    return counter > this.#newest - WINDOW && this.#seen[counter % WINDOW] !== counter;
  }

  /**
   * @param {number} counter
   * @returns {boolean} whether it was allowed
   */
  take(counter) {
    if (!this.allows(counter)) return false;
    this.#seen[counter % WINDOW] = counter;
    this.#newest = Math.max(this.#newest, counter);
    return true;
  }
}

/**
 * @param {Uint8Array} sealed
 * @returns {number|null} the id of the key that a frame was encrypted with
 */
export function keyIdOf(sealed) {
  return sealed.length < TRAILER ? null : /** @type {number} */ (sealed[sealed.length - 1]);
}

/**
 * @param {string} person
 * @param {number} stream 0 to 255
 */
export function ownerOf(person, stream) {
  return joined(Uint8Array.of(stream), new TextEncoder().encode(person));
}

/**
 * @param {Uint8Array} first
 * @param {Uint8Array} second
 */
function joined(first, second) {
  const made = new Uint8Array(first.length + second.length);
  made.set(first);
  made.set(second, first.length);
  return made;
}
