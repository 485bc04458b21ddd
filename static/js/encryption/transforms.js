/** Leads every frame of a connection through the worker, and counts what passes there. */

const EVERY = 1000;
/** Frames of which none has come to the worker: its transform is not attached. */
const MISSED = 5;
const SENDERS = 3;
const STREAMS = 3;

/** @typedef {import("./frame-worker.js").Count} Count */
/** @typedef {import("../call/peer.js").Peer} Peer */

export class Transforms {
  /** @type {Record<string, Count>} */ #counts = {};
  /** @type {Map<number, () => void>} */ #waiting = new Map();
  /** Called when a frame has come to the transform of this name. @type {Map<string, () => void>} */ #used = new Map();
  #numbers = 0;
  /** @type {RTCPeerConnection|null} */ #connection = null;
  /** The names of the transforms, by the place of the section in the offer. @type {Map<number, string>} */
  #names = new Map();

  /** @param {{counted: () => void, unused: () => void}} listener `unused`: frames pass that do not come to the worker */
  constructor(listener) {
    this.listener = listener;
    this.worker = new Worker(new URL("./frame-worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => {
      if (data.used) return this.#used.get(data.used)?.();
      if (data.counts) this.#counts = data.counts;
      if (data.number) this.#waiting.get(data.number)?.();
      else listener.counted();
    };
    this.timer = setInterval(() => void this.#look(), EVERY);
  }

  /**
   * Tells the worker something.
   * @param {object} said
   * @returns {Promise<void>} when it holds
   */
  tell(said) {
    this.#numbers += 1;
    const number = this.#numbers;
    this.worker.postMessage({ ...said, number });
    return new Promise((done) =>
      this.#waiting.set(number, () => {
        this.#waiting.delete(number);
        done();
      }),
    );
  }

  /**
   * To be called in the same task in which the sections are made: Chromium accepts later ones, but does not use them. Each
   * section has one direction, as in one with both Chromium never calls the receiver's (webrtc-encoded-transform#314).
   * @param {RTCPeerConnection} connection
   * @returns {import("../call/peer.js").Encrypts}
   */
  attach(connection) {
    this.#connection = connection;
    this.#names.clear();
    this.#used.clear();
    connection.getTransceivers().forEach((each, index) => this.#attachTo(each, index));
    const used = connection.getSenders().slice(0, SENDERS).map((sender, index) => {
      const name = this.#names.get(index) ?? "";
      return { sender, come: new Promise((/** @type {(_: void) => void} */ come) => this.#used.set(name, come)) };
    });
    return async (sender) => used.find((each) => each.sender === sender)?.come;
  }

  /**
   * What has come from a slot since the connection was made.
   * @param {number} slot
   * @param {number} stream
   * @returns {Count}
   */
  countOf(slot, stream) {
    return this.#counts[this.#names.get(SENDERS + slot * STREAMS + stream) ?? ""] ?? { came: 0, on: 0, dropped: 0 };
  }

  /**
   * @param {RTCRtpTransceiver} transceiver
   * @param {number} index
   */
  #attachTo(transceiver, index) {
    this.#numbers += 1;
    const name = `transform-${this.#numbers}`;
    const slot = index < SENDERS ? null : Math.floor(index / STREAMS) - 1;
    const made = new RTCRtpScriptTransform(this.worker, { name, stream: index % STREAMS, slot });
    // A transform is good for one end.
    if (slot === null) transceiver.sender.transform = made;
    else transceiver.receiver.transform = made;
    this.#names.set(index, name);
  }

  /** About one transform in 500 is never called in Chromium: then only a fresh connection helps. */
  async #look() {
    const connection = this.#connection;
    if (connection?.connectionState !== "connected") return;
    const reports = [...(await connection.getStats()).values()];
    // What the reports count has come to the worker before it answers.
    await this.tell({ type: "counts" });
    if (connection !== this.#connection) return;
    for (const report of reports) {
      const index = connection.getTransceivers().findIndex(({ mid }) => mid === report.mid);
      const name = this.#names.get(index);
      if (framesIn(report) < MISSED || !name || this.#counts[name]?.came !== 0) continue;
      console.warn("a transform is not used", index);
      return this.listener.unused();
    }
  }

  close() {
    clearInterval(this.timer);
    this.worker.terminate();
  }
}

/** Whether this browser can encrypt frames, at this address. */
export function canEncrypt() {
  return Boolean(globalThis.crypto?.subtle && "RTCRtpScriptTransform" in globalThis && "Worker" in globalThis);
}

/** @param {any} report of one section's stream; sound has a frame a packet */
function framesIn({ type, kind, packetsReceived, packetsSent, framesReceived, framesEncoded }) {
  if (type === "inbound-rtp") return (kind === "audio" ? packetsReceived : framesReceived) ?? 0;
  if (type === "outbound-rtp") return (kind === "audio" ? packetsSent : framesEncoded) ?? 0;
  return 0;
}
