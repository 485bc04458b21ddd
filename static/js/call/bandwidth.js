/**
 * Restores the video soon after a slow stretch of the network.
 *
 * By itself, Chromium raises its estimate by a few percent a second, and the size of the video in steps of many seconds.
 * It reacts at once to two things: it probes when a ceiling that limits its estimate is raised, and it sizes the video
 * again when its encoder is set up. The ceiling used here is that of the screen's video, which holds nothing down while no
 * screen is shared. Both take an answer that is applied again, and each such answer sets the camera's encoder up again. A
 * probe is a few packets, and Chromium makes none while it sees queues grow. Nothing is done in browsers that do not say
 * what limits their video, nor on networks that lose packets: there, each restart makes Chromium forget what it has
 * learned about the losses, and its estimate falls to a tenth.
 */

const EVERY = 2000;
/** kbit/s that a camera's largest picture takes, and that a picture begins with (signaling/relay/sdp/answer.py). */
const ENOUGH = 2500;
const BEGIN = 1000;
/**
 * A probe that found nothing is repeated ever more rarely: the encoder begins with a keyframe each time, and on a slow way
 * nothing else gets through while these come faster than they can be sent.
 */
const RARELY = { small: 5000, large: 16000 };
/** Up to so many kbit/s a probe is a few packets. */
const SMALL = 600;
/** An estimate that has risen by this factor since the last probe is news: there is room. */
const NEWS = 1.5;
/** A ceiling that is in no picture's way once the network carries more. */
const ROOM = 3000;
/** So much smaller than what the picture was sized for that it must be sized again. */
const SMALLER = 0.4;
/** The share of packets from which on a network is one that loses them, and how often in a row it must not be one. */
const LOSSY = 0.02;
const CLEAN_TIMES = 2;

/** @param {import("./call.js").Call} call */
export function watchBandwidth(call) {
  /** @type {Bandwidth|null} */
  let known = null;
  let busy = false;
  setInterval(async () => {
    const peer = call.peer;
    if (!peer || busy || peer.connection.connectionState !== "connected") return;
    if (peer !== known?.peer) known = new Bandwidth(peer);
    busy = true;
    try {
      await known.follow(performance.now());
    } catch (error) {
      // A connection that has been closed refuses; any other error must be seen.
      if (peer === call.peer) console.warn("no room could be looked for", error);
    } finally {
      busy = false;
    }
  }, EVERY);
}

/** What one connection's pictures were last given, all in kbit/s. */
export class Bandwidth {
  #sized = BEGIN;
  #ceiling = ROOM;
  #probed = { kbits: 0, pause: EVERY, next: 0 };
  #clean = 0;

  /** @param {import("./peer.js").Peer} peer */
  constructor(peer) {
    this.peer = peer;
  }

  /**
   * Looks for room, or makes the picture smaller, where that is due.
   * @param {number} now in ms
   */
  async follow(now) {
    const { held, kbits, lost } = await measure(this.peer);
    this.#clean = lost < LOSSY ? this.#clean + 1 : 0;
    if (this.#clean < CLEAN_TIMES || !kbits) return;
    if (this.peer.screen.track) await this.#makeRoom(kbits);
    else if (held && kbits < ENOUGH && this.#isDue(kbits, now)) await this.#probe(kbits);
    if (kbits < this.#sized * SMALLER) {
      await this.peer.limit("camera", kbits, ROOM);
      this.#sized = kbits;
    }
    this.#sized = Math.max(this.#sized, kbits);
  }

  /** @param {number} kbits */
  async #makeRoom(kbits) {
    if (this.#ceiling >= ROOM) return;
    this.#ceiling = ROOM;
    await this.peer.limit("screen", kbits, ROOM);
  }

  /**
   * @param {number} kbits
   * @param {number} now
   * @returns {boolean}
   */
  #isDue(kbits, now) {
    const { kbits: then, pause, next } = this.#probed;
    const news = kbits > then * NEWS;
    if (!news && now < next) return false;
    const longer = news ? EVERY : Math.min(pause * 2, kbits > SMALL ? RARELY.large : RARELY.small);
    this.#probed = { kbits, pause: longer, next: now + longer };
    return true;
  }

  /** @param {number} kbits */
  async #probe(kbits) {
    this.#ceiling = kbits * 3;
    await this.peer.limit("screen", kbits, kbits * 1.5);
    await this.peer.limit("screen", kbits, this.#ceiling);
  }
}

/**
 * @param {import("./peer.js").Peer} peer
 * @returns {Promise<{kbits: number, held: boolean, lost: number}>} the estimate, whether it holds the camera's picture
 *   down, and the share of our packets that the other lately missed
 */
async function measure(peer) {
  const found = { kbits: 0, held: false, lost: 0 };
  for (const report of (await peer.connection.getStats()).values()) {
    // A pair that is not in use any more has none, whatever it was nominated for.
    if (report.type === "candidate-pair") found.kbits = Math.max(found.kbits, (report.availableOutgoingBitrate ?? 0) / 1000);
    if (report.type === "remote-inbound-rtp") found.lost = Math.max(found.lost, report.fractionLost ?? 0);
    if (report.type === "outbound-rtp") found.held ||= report.qualityLimitationReason === "bandwidth";
  }
  return found;
}
