import assert from "node:assert/strict";
import { test } from "node:test";

const SCRIPTS = `${process.env.FIRESIDE_SCRIPTS}/encryption`;
const { FrameCipher } = await import(`${SCRIPTS}/frame-cipher.js`);

// What the worker has around it: somebody to tell, and a clock that is not needed here.
const told = [];
globalThis.self = { postMessage: (said) => told.push(said) };
globalThis.setInterval = () => 0;
await import(`${SCRIPTS}/frame-worker.js`);

const SECRET = new Uint8Array(32).fill(7);
const PICTURE = 1;

async function tell(said) {
  self.onmessage({ data: { ...said, number: 1 } });
  while (!told.some(({ number }) => number === 1)) await new Promise((done) => setImmediate(done));
  told.length = 0;
}

/** What comes out of these frames, how often a keyframe was asked for, and the counts. */
async function received(frames) {
  const readable = new ReadableStream({
    start(controller) {
      for (const frame of frames) controller.enqueue(frame);
      controller.close();
    },
  });
  const shown = [];
  let requests = 0;
  let close = () => {};
  const closed = new Promise((done) => (close = done));
  const writable = new WritableStream({ write: (frame) => void shown.push(frame), close });
  const sendKeyFrameRequest = async () => void (requests += 1);
  const options = { name: "theirs", stream: PICTURE, slot: 0 };
  self.onrtctransform({ transformer: { readable, writable, options, sendKeyFrameRequest } });
  await closed;
  return { shown: shown.length, requests };
}

const frameOf = (data, type) => ({ data: data.slice().buffer, type, getMetadata: () => ({ mimeType: "video/VP8" }) });

test("a frame that comes twice, as a late packet and sent again, asks for no keyframe; one that cannot be read does", async () => {
  const sender = new FrameCipher();
  sender.mode = "sealed";
  await sender.sendWith("7", 0, SECRET);
  await tell({ type: "mode", mode: "sealed" });
  await tell({ type: "receive", person: "7", keyId: 0, secret: SECRET });
  await tell({ type: "slots", slots: ["7"] });
  const sealed = [];
  for (let number = 0; number < 4; number += 1) sealed.push(await sender.seal(PICTURE, new Uint8Array(30).fill(number), "video/VP8"));
  const frames = (indices) => indices.map((index) => frameOf(sealed[index], index ? "delta" : "key"));
  assert.deepEqual(await received(frames([0, 1, 1, 0, 2])), { shown: 3, requests: 0 });
  const altered = sealed[3].slice();
  altered[9] ^= 1;
  assert.deepEqual(await received([frameOf(altered, "key"), frameOf(sealed[3], "delta")]), { shown: 1, requests: 1 });
});
