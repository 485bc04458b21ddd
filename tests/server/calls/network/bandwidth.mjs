import assert from "node:assert/strict";
import { test } from "node:test";

const { Bandwidth } = await import(`${process.env.FIRESIDE_SCRIPTS}/call/bandwidth.js`);

const EVERY_S = 2;

/** How often the encoder was set up again within each period, with the estimate of each moment in kbit/s. */
async function probes(seconds, estimate, screen = null) {
  const limits = [];
  let now = 0;
  const reports = () => [
    ["pair", { type: "candidate-pair", availableOutgoingBitrate: estimate(now) * 1000 }],
    ["picture", { type: "outbound-rtp", qualityLimitationReason: "bandwidth" }],
    ["far", { type: "remote-inbound-rtp", fractionLost: 0 }],
  ];
  const peer = {
    connection: { getStats: async () => new Map(reports()) },
    screen: { track: screen },
    limit: async (picture, start, ceiling) => limits.push({ at: now, picture, start, ceiling }),
  };
  const bandwidth = new Bandwidth(peer);
  for (; now < seconds; now += EVERY_S) await bandwidth.follow(now * 1000);
  return limits;
}

/** Seconds between probes: each sets a ceiling twice. */
function pauses(limits) {
  const times = [...new Set(limits.filter(({ picture }) => picture === "screen").map(({ at }) => at))];
  return times.slice(1).map((time, index) => time - times[index]);
}

test("a slow way is not filled with keyframes by probes that find nothing", async () => {
  // As seen on a busy machine: two estimates that differ by a third come in turn.
  const limits = await probes(120, (now) => (now < 10 ? 3600 : now % 4 ? 68 : 92));
  const between = pauses(limits);
  assert.deepEqual(between.slice(0, 2), [2, 4]);
  assert.ok(between.slice(2).every((pause) => pause >= 5), String(between));
});

test("beyond some hundred kbit/s, where a probe is many packets, they are rarer yet", async () => {
  const between = pauses(await probes(200, () => 900));
  assert.ok(between.slice(3).every((pause) => pause >= 16), String(between));
});

test("a probe that finds room is followed by the next at once", async () => {
  let estimate = 100;
  const limits = await probes(14, (now) => (now > 2 && now % 2 === 0 ? (estimate = Math.min(2400, estimate * 1.6)) : estimate));
  assert.ok(pauses(limits).every((pause) => pause === EVERY_S), String(pauses(limits)));
});

test("each probe lets a ceiling hold the estimate, and raises it then", async () => {
  const [low, high] = await probes(6, () => 200);
  assert.deepEqual([low.ceiling, high.ceiling], [300, 600]);
});
