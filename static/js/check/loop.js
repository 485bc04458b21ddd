/** A loop through the relay by one of its candidates alone: sent at one end, counted at the other. */

import { withOnly } from "./candidates.js";
import { End } from "./end.js";

const WITHIN = 6000;
const LOOK_EVERY = 100;
const ENOUGH_PACKETS = 20;

/**
 * @typedef {import("./candidates.js").Candidate} Candidate
 * @typedef {{transport: string, ip: string, port: number, sent: number, received: number, milliseconds: number|null}} Path
 * @typedef {{sent: number, received: number, frames: number, milliseconds: number|null}} Figures
 */

/**
 * @param {(end: "sender"|"receiver") => URL} socket where each end enters
 * @param {Candidate} candidate
 * @param {import("./tracks.js").Tracks} tracks
 * @returns {Promise<Path>}
 */
export async function tryPath(socket, candidate, tracks) {
  const sender = new End(socket("sender"));
  const receiver = new End(socket("receiver"));
  try {
    for (const end of [sender, receiver]) {
      const { peer, answer } = await end.enter();
      await end.peer.accept(peer, withOnly(answer, candidate));
    }
    await sender.peer.send({ microphone: tracks.sound, camera: tracks.picture });
    const { sent, received, milliseconds } = await watch(sender.peer.connection, receiver.peer.connection);
    const { transport, ip, port } = candidate;
    return { transport, ip, port, sent, received, milliseconds };
  } finally {
    sender.close();
    receiver.close();
  }
}

/**
 * @param {RTCPeerConnection} sender
 * @param {RTCPeerConnection} receiver
 * @returns {Promise<Figures>}
 */
async function watch(sender, receiver) {
  const end = performance.now() + WITHIN;
  for (;;) {
    const figures = await read(sender, receiver);
    const enough = figures.received >= ENOUGH_PACKETS && figures.frames > 0;
    const failed = [sender, receiver].some(({ connectionState }) => connectionState === "failed");
    if (enough || failed || performance.now() > end) return figures;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}

/**
 * What was sent before the receiver was there is not lost: its own count says what it missed since.
 * @param {RTCPeerConnection} sender
 * @param {RTCPeerConnection} receiver
 * @returns {Promise<Figures>}
 */
async function read(sender, receiver) {
  /** @type {Figures} */
  const figures = { sent: 0, received: 0, frames: 0, milliseconds: null };
  let missed = 0;
  for (const report of (await receiver.getStats()).values()) {
    if (report.type !== "inbound-rtp") continue;
    figures.received += report.packetsReceived ?? 0;
    figures.frames += report.framesDecoded ?? 0;
    missed += Math.max(0, report.packetsLost ?? 0);
  }
  for (const report of (await sender.getStats()).values()) {
    if (report.type === "outbound-rtp") figures.sent += report.packetsSent ?? 0;
    if (report.type === "candidate-pair" && report.state === "succeeded" && report.currentRoundTripTime !== undefined) {
      figures.milliseconds = report.currentRoundTripTime * 1000;
    }
  }
  if (figures.received) figures.sent = figures.received + missed;
  return figures;
}
