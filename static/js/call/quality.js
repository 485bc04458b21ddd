/** How good the connection is, from what the browser measures. */

const EVERY = 3000;

/** @param {import("./call.js").Call} call */
export function watchQuality(call) {
  let received = 0;
  let lost = 0;
  let [heard, concealed] = [0, 0];
  setInterval(async () => {
    const peer = call.peer;
    if (!peer || call.store.state.phase !== "in" || peer.connection.connectionState !== "connected") return;
    const now = { received: 0, lost: 0, roundTrip: 0, refused: 0, heard: 0, concealed: 0 };
    for (const report of (await peer.connection.getStats()).values()) {
      if (report.type === "inbound-rtp") {
        now.received += report.packetsReceived ?? 0;
        now.lost += report.packetsLost ?? 0;
        now.heard += report.totalSamplesReceived ?? 0;
        now.concealed += (report.concealedSamples ?? 0) - (report.silentConcealedSamples ?? 0);
      }
      if (report.type === "remote-inbound-rtp") now.refused = Math.max(now.refused, report.fractionLost ?? 0);
      if (report.type === "candidate-pair" && report.nominated) now.roundTrip = report.currentRoundTripTime ?? 0;
    }
    const came = now.received - received;
    const missing = Math.max(0, now.lost - lost);
    [received, lost] = [now.received, now.lost];
    const loss = came + missing ? missing / (came + missing) : 0;
    const samples = now.heard - heard;
    const broken = samples > 0 ? (now.concealed - concealed) / samples : 0;
    [heard, concealed] = [now.heard, now.concealed];
    // What is missing may have been lost on the way from somebody else to the relay.
    const theirs = call.store.state.people.some((each) => each.connection === "poor");
    if (came < 0) return;
    call.store.set({
      quality: grade(Math.max(loss, now.refused), now.roundTrip),
      choked: chokes(theirs ? 0 : broken, now.refused, now.roundTrip),
    });
  }, EVERY);
}

/**
 * @param {number} loss 0 to 1
 * @param {number} roundTrip seconds
 * @returns {"good"|"weak"|"poor"}
 */
export function grade(loss, roundTrip) {
  if (loss > 0.1 || roundTrip > 0.6) return "poor";
  return loss > 0.03 || roundTrip > 0.3 ? "weak" : "good";
}

/**
 * Whether voices suffer so much that pictures should make room for them. Repairs keep them whole below that.
 * @param {number} broken share of the sound that was made up for what did not come, 0 to 1
 * @param {number} refused share of what was sent that the relay did not get, 0 to 1
 * @param {number} roundTrip seconds
 */
export function chokes(broken, refused, roundTrip) {
  return broken > 0.15 || refused > 0.3 || roundTrip > 1;
}
