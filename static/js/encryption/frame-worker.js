/** The one worker of a call: every frame passes through it, on its way out and on its way in. */

import { FrameCipher } from "./frame-cipher.js";

const EVERY = 500;
/** A keyframe takes its time to come. */
const BETWEEN_REQUESTS = 300;

/**
 * What has passed through one transform: of the frames that `came`, so many went `on`, and so many could not be read and
 * were `dropped`. One that comes again is neither.
 * @typedef {{came: number, on: number, dropped: number}} Count
 * @typedef {{name: string, stream: number, slot: number|null}} Options `slot` is null for what we send
 */

const cipher = new FrameCipher();
/** @type {Map<string, Count>} */
const counts = new Map();
/** Who is in each slot. @type {(string|null)[]} */
let slots = [];

/** @type {Record<string, (said: any) => void|Promise<void>>} */
const told = {
  mode: ({ mode }) => void (cipher.mode = mode),
  send: ({ person, keyId, secret }) => cipher.sendWith(person, keyId, secret),
  receive: ({ person, keyId, secret }) => cipher.receiveWith(person, keyId, secret),
  forget: ({ person }) => cipher.forget(person),
  slots: (said) => void (slots = said.slots),
};

/** One after the other: what is said later holds later. */
let done = Promise.resolve();
self.onmessage = ({ data }) => {
  done = done.then(() => told[data.type]?.(data)).catch((error) => console.error("a key could not be used", error));
  void done.then(() => self.postMessage({ number: data.number, counts: Object.fromEntries(counts) }));
};

/** @param {any} event */
const take = (event) => {
  const { readable, writable, options } = event.transformer;
  const { name, stream, slot } = /** @type {Options} */ (options);
  const count = { came: 0, on: 0, dropped: 0 };
  counts.set(name, count);
  /** Whether a picture cannot be decoded before its next keyframe. */
  let broken = true;
  let requested = -BETWEEN_REQUESTS;
  const transform = new TransformStream({
    async transform(frame, controller) {
      count.came += 1;
      if (count.came === 1) self.postMessage({ used: name });
      const kind = frame.getMetadata().mimeType ?? "";
      const data = new Uint8Array(frame.data);
      const person = slot === null ? "" : slots[slot];
      const made = slot === null ? await cipher.seal(stream, data, kind) : await open(person, stream, data, kind);
      // Its picture was shown, or is past: nothing is missing.
      if (made === undefined) return;
      if (!made) {
        count.dropped += 1;
        broken = true;
        return;
      }
      count.on += 1;
      if (frame.type === "key") broken = false;
      else if (frame.type === "delta" && slot !== null && broken && performance.now() - requested >= BETWEEN_REQUESTS) {
        requested = performance.now();
        void event.transformer.sendKeyFrameRequest().catch(() => {});
      }
      frame.data = made.buffer.byteLength === made.length ? made.buffer : made.slice().buffer;
      controller.enqueue(frame);
    },
  });
  // A connection that ends takes its frames along.
  readable.pipeThrough(transform).pipeTo(writable).catch(() => {}).finally(() => counts.delete(name));
};
/** @type {any} */ (self).onrtctransform = take;

/**
 * @param {string|null|undefined} person
 * @param {number} stream
 * @param {Uint8Array} data
 * @param {string} kind
 */
async function open(person, stream, data, kind) {
  return person === null || person === undefined ? null : cipher.open(person, stream, data, kind);
}

setInterval(() => self.postMessage({ counts: Object.fromEntries(counts) }), EVERY);
