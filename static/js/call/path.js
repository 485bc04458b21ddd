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
/** After so long without anything, the picture stands still: it is said. */
const STALLED = 2000;

/** @param {import("./call.js").Call} call */
export function watchPath(call) {
  /** @type {import("./peer.js").Peer|null} */
  let known = null;
  let came = { received: 0, sent: 0, at: 0, times: 0 };
  /** Whether anything has come at all: Firefox forgets the figures of ways that it gives up. */
  let heard = false;
  let triedAt = -BETWEEN_TRIES;
  let busy = false;
  setInterval(async () => {
    const peer = call.peer;
    if (!peer || busy || call.store.state.phase !== "in") return void (busy || call.store.set({ stalled: false, interrupted: false }));
    busy = true;
    try {
      const { received, sent } = await traffic(peer);
      const now = performance.now();
      // The ways that are given up take their figures along.
      if (peer === known && received < came.received) came.received = received;
      if (peer !== known || received > came.received) {
        const times = peer === known && now - came.at < 2 * EVERY ? came.times + 1 : 0;
        heard = received > 0 || (heard && peer === known);
        [known, came] = [peer, { received, sent, at: now, times }];
      }
      const silence = now - came.at;
      const expected = heard && (sent - came.sent >= PACKETS || isSentTo(call.store.state));
      call.store.set({ stalled: expected && silence > STALLED, interrupted: expected && silence > SILENT });
      const silent = came.times < PLENTY ? SILENT : SILENT_AFTER_PLENTY;
      if (!heard || sent - came.sent < PACKETS || silence < silent || now - triedAt < BETWEEN_TRIES) return;
      triedAt = now;
      void restart(peer);
    } catch (error) {
      warn(peer, error);
    } finally {
      busy = false;
    }
  }, EVERY);

  /** @param {import("./peer.js").Peer} peer */
  async function restart(peer) {
    await peer.restart().catch((error) => warn(peer, error));
  }

  /**
   * @param {import("./peer.js").Peer} peer
   * @param {unknown} error
   */
  function warn(peer, error) {
    // A connection that has been closed refuses; any other error must be seen.
    if (peer === call.peer) console.warn("no new way could be looked for", error);
  }
}

/**
 * Whether somebody sends us sound or picture all the time.
 * @param {import("./state.js").CallState} state
 */
function isSentTo({ people }) {
  return people.some(({ here, slot, microphone, camera }) => here === "in" && slot !== null && (microphone || camera));
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
