/**
 * Looks for a new way to the relay as soon as nothing comes by the present one.
 *
 * A browser whose address changes goes on sending from one that the relay does not know, and checks a way that was good
 * every 2.5 s (Chromium) or 5 s (Firefox) only. An ICE restart checks at once. The old way stays in use until the new
 * one is proven, so one that was not needed disturbs nobody.
 */

const EVERY = 100;
/** What is sent is acknowledged at least every 250 ms (RTCP), so a longer silence means something. */
const SILENT = 500;
/** Where something came every time, a silence means something sooner. */
const PLENTY = 5;
const SILENT_AFTER_PLENTY = 250;
const PACKETS = 10;
const BETWEEN_TRIES = 2500;

/** @param {import("./call.js").Call} call */
export function watchPath(call) {
  /** @type {import("./peer.js").Peer|null} */
  let known = null;
  let came = { received: 0, sent: 0, at: 0, times: 0 };
  let triedAt = -BETWEEN_TRIES;
  let busy = false;
  setInterval(async () => {
    const peer = call.peer;
    if (!peer || busy || call.store.state.phase !== "in") return;
    busy = true;
    try {
      const { received, sent } = await traffic(peer);
      const now = performance.now();
      if (peer !== known || received !== came.received) {
        const times = peer === known && now - came.at < 2 * EVERY ? came.times + 1 : 0;
        [known, came] = [peer, { received, sent, at: now, times }];
      }
      const silent = came.times < PLENTY ? SILENT : SILENT_AFTER_PLENTY;
      if (!received || sent - came.sent < PACKETS || now - came.at < silent || now - triedAt < BETWEEN_TRIES) return;
      triedAt = now;
      await peer.restart();
    } catch (error) {
      // A connection that has been closed refuses; any other error must be seen.
      if (peer === call.peer) console.warn("no new way could be looked for", error);
    } finally {
      busy = false;
    }
  }, EVERY);
}

/**
 * @param {import("./peer.js").Peer} peer
 * @returns {Promise<{received: number, sent: number}>} bytes that came and packets that left by all ways
 */
async function traffic(peer) {
  const found = { received: 0, sent: 0 };
  for (const report of (await peer.microphone.getStats()).values()) {
    if (report.type === "candidate-pair") found.received += report.bytesReceived ?? 0;
    if (report.type === "outbound-rtp") found.sent += report.packetsSent ?? 0;
  }
  return found;
}
