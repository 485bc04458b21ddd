/**
 * All frames of this browser: encrypted with our own key, and opened with the others' keys. It starts closed: nothing
 * leaves and nothing plays without keys. Pure but for WebCrypto; frame-worker.js gives it the frames.
 */

import { deriveFrameKey, kidOf } from "./frame-keys.js";
import { keyIdOf, Opener, ownerOf, Sealer, TRAILER } from "./frames.js";
import { LONGEST_BLOCK, readBlocks, sizeOf, writeBlocks } from "./redundant-audio.js";

/** The streams of a person, in the order of the offer. */
export const AUDIO = 0;
const STREAMS = [0, 1, 2];
/**
 * Clear bytes at the beginning of a picture's frame. Its packets are parsed by this one (RFC 7741: whether it is a
 * keyframe), and Chromium decodes nothing without it. Sound needs none.
 */
const CLEAR = 1;
/** Chromium throws on longer frames of audio, and the sound stays away. */
const LONGEST_AUDIO = 1000;
const REDUNDANT = "audio/red";
/** So many of a person's keys are kept: frames of the one before come late. */
const KEPT_KEYS = 3;
/** Frames may come before their key, by another way: so long, in ms, they wait for a person's first one. */
const KEY_WITHIN = 1000;

/**
 * @typedef {"closed"|"sealed"|"open"} Mode closed: without keys; open: as there is a browser that cannot encrypt
 * @typedef {{keyId: number, secret: Uint8Array, openers: Opener[]}} KnownKey
 */

export class FrameCipher {
  /** @type {Mode} */ mode = "closed";
  /** @type {Sealer[]} */ #sealers = [];
  /** The newest last. @type {Map<string, KnownKey[]>} */ #known = new Map();
  /** By person, what ends when their first key is there, or too late. @type {Map<string, {come: Promise<void>, end: () => void}>} */
  #firstKeys = new Map();

  /**
   * Encrypts with this key from now on.
   * @param {string} person ourselves
   * @param {number} keyId
   * @param {Uint8Array} secret
   */
  async sendWith(person, keyId, secret) {
    const keys = await Promise.all(STREAMS.map((stream) => deriveFrameKey(secret, kidOf(keyId, stream))));
    this.#sealers = keys.map((key, stream) => new Sealer(key, keyId, ownerOf(person, stream)));
  }

  /**
   * Opens what this person encrypts with this key. One that is known already goes on as it is.
   * @param {string} person
   * @param {number} keyId
   * @param {Uint8Array} secret
   */
  async receiveWith(person, keyId, secret) {
    const before = this.#known.get(person) ?? [];
    if (before.some((each) => each.keyId === keyId && isEqual(each.secret, secret))) return;
    const keys = await Promise.all(STREAMS.map((stream) => deriveFrameKey(secret, kidOf(keyId, stream))));
    const openers = keys.map((key, stream) => new Opener(key, ownerOf(person, stream)));
    const others = (this.#known.get(person) ?? []).filter((each) => each.keyId !== keyId);
    this.#known.set(person, [...others, { keyId, secret, openers }].slice(-KEPT_KEYS));
    this.#firstKey(person).end();
  }

  /** @param {string} person */
  forget(person) {
    // What waits for a first key goes on waiting.
    if (this.#known.delete(person)) this.#firstKeys.delete(person);
  }

  /** @param {string} person */
  #firstKey(person) {
    const known = this.#firstKeys.get(person);
    if (known) return known;
    let end = () => {};
    const come = new Promise((/** @type {(value: void) => void} */ done) => {
      const timer = setTimeout(done, KEY_WITHIN);
      end = () => {
        clearTimeout(timer);
        done();
      };
    });
    this.#firstKeys.set(person, { come, end });
    return { come, end };
  }

  /**
   * A frame on its way out.
   * @param {number} stream
   * @param {Uint8Array} frame
   * @param {string} kind its mime type
   * @returns {Promise<Uint8Array|null>} null for one that must not leave
   */
  async seal(stream, frame, kind) {
    if (this.mode === "open" || !frame.length) return frame;
    const sealer = this.#sealers[stream];
    if (this.mode === "closed" || !sealer) return null;
    try {
      if (stream !== AUDIO) return await sealer.seal(frame, CLEAR);
      if (kind !== REDUNDANT) return frame.length + TRAILER > LONGEST_AUDIO ? null : await sealer.seal(frame, 0);
      return await sealBlocks(sealer, frame);
    } catch (error) {
      // A key that is used up encrypts nothing more.
      if (error instanceof RangeError) return null;
      throw error;
    }
  }

  /**
   * A frame of this person that came.
   * @param {string} person
   * @param {number} stream
   * @param {Uint8Array} frame
   * @param {string} kind
   * @returns {Promise<Uint8Array|null|undefined>} null for one that cannot be opened, undefined for one that came before
   */
  async open(person, stream, frame, kind) {
    if (this.mode === "open" || !frame.length) return frame;
    if (this.mode === "closed") return null;
    if (stream !== AUDIO) return this.#openWith(person, stream, frame, CLEAR);
    return kind === REDUNDANT ? this.#openBlocks(person, frame) : this.#openWith(person, stream, frame, 0);
  }

  /**
   * The blocks of redundant audio are encrypted one by one, so that the relay can leave out the older ones.
   * @param {string} person
   * @param {Uint8Array} frame
   */
  async #openBlocks(person, frame) {
    const blocks = readBlocks(frame);
    if (!blocks) return null;
    const data = await Promise.all(blocks.map((block) => block.data.length && this.#openWith(person, AUDIO, block.data, 0)));
    const opened = blocks.flatMap(({ head }, index) => {
      const found = data[index];
      return found === null || found === undefined ? [] : [{ head, data: found || new Uint8Array() }];
    });
    // A head belongs to its place: without the newest block, an older one would be played in its time.
    const newest = data.at(-1);
    return newest ? writeBlocks(opened) : newest === undefined ? undefined : null;
  }

  /**
   * @param {string} person
   * @param {number} stream
   * @param {Uint8Array} sealed
   * @param {number} clear
   */
  async #openWith(person, stream, sealed, clear) {
    if (!this.#known.has(person)) await this.#firstKey(person).come;
    const keyId = keyIdOf(sealed);
    const opener = this.#known.get(person)?.find((each) => each.keyId === keyId)?.openers[stream];
    return opener ? opener.open(sealed, clear) : null;
  }
}

/**
 * @param {Sealer} sealer
 * @param {Uint8Array} frame
 */
async function sealBlocks(sealer, frame) {
  const grown = (/** @type {Uint8Array} */ data) => (data.length ? data.length + TRAILER : 0);
  const all = readBlocks(frame);
  const blocks = all?.filter(({ data }, index) => index === all.length - 1 || grown(data) <= LONGEST_BLOCK) ?? [];
  // Redundancy is given up before the sound is.
  const tooLong = () => sizeOf(blocks.map(({ data }) => grown(data))) > LONGEST_AUDIO;
  while (blocks.length > 1 && tooLong()) blocks.shift();
  if (!blocks.length || tooLong()) return null;
  const sealed = await Promise.all(blocks.map(({ data }) => (data.length ? sealer.seal(data, 0) : data)));
  return writeBlocks(blocks.map(({ head }, index) => ({ head, data: /** @type {Uint8Array} */ (sealed[index]) })));
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
function isEqual(one, other) {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
