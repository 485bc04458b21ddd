/**
 * Brings the picture back soon after a narrow stretch of the network.
 *
 * Left alone, Chromium raises its estimate by a few percent a second and its picture in steps of many seconds. Two
 * things it does at once: it probes when a ceiling that holds its estimate down is raised, and it sizes the picture
 * anew when its encoder is set up. The ceiling is that of the screen's picture, so that the camera's goes on. A probe
 * is a few packets, and it makes none while it sees queues grow. Browsers that do not say what holds their picture down
 * are left alone, and so are networks that lose packets: there each new start costs Chromium what it has learned of the
 * losses, and its estimate falls to a tenth.
 */

const EVERY = 2000;
/** kbit/s that a camera's largest picture takes, and that a picture begins with (signaling/relay/answer.py). */
const ENOUGH = 2500;
const BEGIN = 1000;
/** A ceiling that is in no picture's way once the network carries more. */
const ROOM = 3000;
/** So much smaller than what the picture was sized for that it is worth to size it anew. */
const SMALLER = 0.4;
/** The share of packets from which on a network is one that loses them, and how often in a row it must not be one. */
const LOSSY = 0.02;
const CLEAN_TIMES = 2;

/** @param {import("./call.js").Call} call */
export function watchBandwidth(call) {
  /** @type {import("./peer.js").Peer|null} */
  let known = null;
  let sized = BEGIN;
  let ceiling = ROOM;
  let clean = 0;
  let busy = false;
  setInterval(async () => {
    const peer = call.peer;
    if (!peer || busy || peer.connection.connectionState !== "connected") return;
    if (peer !== known) [known, sized, ceiling] = [peer, BEGIN, ROOM];
    busy = true;
    try {
      const { held, kbits, lost } = await measure(peer);
      clean = lost < LOSSY ? clean + 1 : 0;
      if (clean < CLEAN_TIMES || !kbits) return;
      if (peer.screen.track && ceiling < ROOM) {
        ceiling = ROOM;
        await peer.limit("screen", kbits, ceiling);
      } else if (held && kbits < ENOUGH && !peer.screen.track) {
        ceiling = kbits * 3;
        await peer.limit("screen", kbits, kbits * 1.5);
        await peer.limit("screen", kbits, ceiling);
      }
      if (kbits < sized * SMALLER) {
        await peer.limit("camera", kbits, ROOM);
        sized = kbits;
      }
      sized = Math.max(sized, kbits);
    } catch (error) {
      // A connection that was closed meanwhile refuses; anything else is worth to be seen.
      if (peer === call.peer) console.warn("no room could be looked for", error);
    } finally {
      busy = false;
    }
  }, EVERY);
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
