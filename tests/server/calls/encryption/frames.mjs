// The frames of static/js/encryption, in Node, whose WebCrypto is that of the browsers.
import assert from "node:assert/strict";
import { test } from "node:test";

const place = process.env.FIRESIDE_SCRIPTS;
const { deriveFrameKey, kidOf, nonceOf } = await import(`${place}/encryption/frame-keys.js`);
const { keyIdOf, Opener, ownerOf, ReplayWindow, Sealer, TRAILER, WINDOW } = await import(`${place}/encryption/frames.js`);
const { FrameCipher } = await import(`${place}/encryption/frame-cipher.js`);
const { readBlocks, writeBlocks } = await import(`${place}/encryption/redundant-audio.js`);

const hex = (text) => Uint8Array.from(Buffer.from(text, "hex"));
const written = (data) => Buffer.from(data).toString("hex");
const SECRET = hex("000102030405060708090a0b0c0d0e0f");
const OWNER = ownerOf("7", 1);
const RED = "audio/red";
// An older block of Opus, whose time is that of the newest.
const HEAD = ((0x80 | 111) << 14) >>> 0;

// A seeded generator (mulberry32): a failure can be repeated.
let seed = 20261129;
function dice(below) {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
}
const noise = (size) => Uint8Array.from({ length: size }, () => dice(256));

async function both(counter = 0) {
  const key = await deriveFrameKey(SECRET, kidOf(3, 1));
  return { sealer: new Sealer(key, 3, OWNER, counter), opener: new Opener(key, OWNER) };
}

test("keys, salts and nonces are those of RFC 9605 appendix C.3, cipher suite 4", async () => {
  const { key, salt } = await deriveFrameKey(SECRET, 0x123);
  assert.equal(written(salt), "75234edefe07819026751816");
  assert.equal(written(nonceOf(salt, 0x4567)), "75234edefe07819026755d71");
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonceOf(salt, 0x4567), additionalData: hex("99012345674945544620534672616d65205747") },
    key,
    hex("64726166742d696574662d736672616d652d656e63"),
  );
  assert.equal(written(sealed), "b7412c2513a1b66dbb48841bbaf17f598751176ad847681a69c6d0b091c07018ce4adb34eb");
  // The high bit of a counter stays in its place.
  assert.equal(written(nonceOf(new Uint8Array(12), 2 ** 32 - 1)), "0000000000000000ffffffff");
});

test("a frame has clear bytes, ciphertext, tag, counter and key id", async () => {
  const { sealer, opener } = await both(0x01020304);
  const frame = noise(40);
  const sealed = await sealer.seal(frame, 1);
  assert.equal(sealed.length, frame.length + 21);
  assert.equal(sealed[0], frame[0]);
  assert.equal(written(sealed.subarray(-5)), "0102030403");
  assert.equal(keyIdOf(sealed), 3);
  assert.deepEqual(await opener.open(sealed, 1), frame);
});

test("every length comes back as it was", async () => {
  const { sealer, opener } = await both();
  for (const clear of [0, 1])
    for (let size = clear; size < 60; size += 1) {
      const frame = noise(size);
      assert.deepEqual(await opener.open(await sealer.seal(frame, clear), clear), frame);
    }
});

test("no nonce is used twice: by stream, key and order of calls", async () => {
  const encrypt = crypto.subtle.encrypt;
  const used = new Set();
  let frames = 0;
  const names = new Map();
  crypto.subtle.encrypt = function (algorithm, key, data) {
    if (!names.has(key)) names.set(key, names.size);
    used.add(`${names.get(key)} ${written(algorithm.iv)}`);
    return encrypt.call(this, algorithm, key, data);
  };
  try {
    const cipher = new FrameCipher();
    cipher.mode = "sealed";
    for (let keyId = 0; keyId < 5; keyId += 1) {
      await cipher.sendWith("7", keyId, noise(32));
      const all = Array.from({ length: 200 }, () => {
        const stream = dice(3);
        const red = stream === 0 && dice(2);
        frames += red ? 3 : 1;
        const block = () => ({ head: HEAD, data: noise(1 + dice(60)) });
        const frame = red ? writeBlocks([block(), block(), { head: 111, data: noise(20) }]) : noise(1 + dice(80));
        return cipher.seal(stream, frame, red ? RED : "");
      });
      const sealed = (await Promise.all(all)).map(written);
      assert.equal(new Set(sealed).size, sealed.length);
    }
  } finally {
    crypto.subtle.encrypt = encrypt;
  }
  assert.equal(used.size, frames);
});

test("each stream of each person and key has a key of its own", async () => {
  const salts = new Set();
  for (const keyId of [0, 1, 255])
    for (const stream of [0, 1, 2]) salts.add(written((await deriveFrameKey(SECRET, kidOf(keyId, stream))).salt));
  assert.equal(salts.size, 9);
});

test("a frame with any byte changed, or cut, is dropped, and does not move the window", async () => {
  const { sealer, opener } = await both();
  const frame = noise(24);
  const sealed = await sealer.seal(frame, 1);
  for (let at = 0; at < sealed.length - 1; at += 1) {
    const altered = Uint8Array.from(sealed);
    altered[at] ^= 1 << dice(8);
    assert.equal(await opener.open(altered, 1), null);
  }
  for (let size = 0; size < sealed.length; size += 1) {
    assert.equal(await opener.open(sealed.subarray(0, size), 1), null);
    assert.equal(await opener.open(sealed.subarray(size + 1), 1), null);
  }
  assert.deepEqual(await opener.open(sealed, 1), frame);
});

test("a frame of another stream, person or key is dropped", async () => {
  const cipher = new FrameCipher();
  cipher.mode = "sealed";
  await cipher.sendWith("7", 0, SECRET);
  const far = new FrameCipher();
  far.mode = "sealed";
  await far.receiveWith("7", 0, SECRET);
  await far.receiveWith("8", 0, SECRET);
  await far.receiveWith("7", 1, noise(32));
  const sealed = await cipher.seal(1, noise(30), "video/VP8");
  assert.equal(await far.open("7", 2, sealed, "video/VP8"), null);
  assert.equal(await far.open("8", 1, sealed, "video/VP8"), null);
  assert.equal(await far.open("9", 1, sealed, "video/VP8"), null);
  const renamed = Uint8Array.from(sealed);
  renamed[renamed.length - 1] = 1;
  assert.equal(await far.open("7", 1, renamed, "video/VP8"), null);
  assert.notEqual(await far.open("7", 1, sealed, "video/VP8"), null);
});

test("a frame plays once, in any order within the window", async () => {
  const { sealer, opener } = await both();
  const sealed = [];
  for (let index = 0; index < 3 * WINDOW; index += 1) sealed.push(await sealer.seal(noise(10), 0));
  let newest = -1;
  const opened = new Set();
  for (let turn = 0; turn < 4000; turn += 1) {
    const index = Math.min(sealed.length - 1, Math.max(0, newest + 20 - dice(200)));
    const wanted = index > newest - WINDOW && !opened.has(index);
    const found = await opener.open(sealed[index], 0);
    assert.equal(found === undefined, !wanted);
    assert.notEqual(found, null);
    if (wanted) opened.add(index);
    newest = Math.max(newest, wanted ? index : -1);
  }
  // The same frame twice at the same time plays once, too.
  const again = await sealer.seal(noise(10), 0);
  const pair = await Promise.all([opener.open(again, 0), opener.open(again, 0)]);
  assert.equal(pair.filter(Boolean).length, 1);
});

test("the window remembers the newest WINDOW counters", () => {
  const window = new ReplayWindow();
  assert.ok(window.take(0));
  assert.ok(!window.take(0));
  assert.ok(window.take(WINDOW + 5));
  assert.ok(!window.allows(5));
  assert.ok(window.take(6));
  assert.ok(!window.take(6));
  assert.ok(window.take(2 ** 32 - 1));
});

test("a key whose counters are used up encrypts nothing more", async () => {
  const { sealer, opener } = await both(2 ** 32 - 1);
  const last = await sealer.seal(noise(5), 0);
  assert.equal(written(last.subarray(-5, -1)), "ffffffff");
  assert.notEqual(await opener.open(last, 0), null);
  await assert.rejects(sealer.seal(noise(5), 0), RangeError);
});

test("without keys nothing leaves and nothing plays, but empty frames", async () => {
  const cipher = new FrameCipher();
  const empty = new Uint8Array();
  for (const mode of ["closed", "sealed"]) {
    cipher.mode = mode;
    assert.equal(await cipher.seal(1, noise(9), ""), null);
    assert.equal(await cipher.open("7", 1, noise(90), ""), null);
    assert.equal(await cipher.seal(1, empty, ""), empty);
    assert.equal(await cipher.open("7", 1, empty, ""), empty);
  }
  await cipher.sendWith("7", 0, SECRET);
  cipher.mode = "closed";
  assert.equal(await cipher.seal(1, noise(9), ""), null);
  cipher.mode = "open";
  const frame = noise(9);
  assert.equal(await cipher.seal(1, frame, ""), frame);
  assert.equal(await cipher.open("7", 1, frame, ""), frame);
});

test("frames that come before a person's first key wait for it, but not for long", async () => {
  const [cipher, far] = [new FrameCipher(), new FrameCipher()];
  cipher.mode = far.mode = "sealed";
  await cipher.sendWith("7", 0, SECRET);
  const frame = noise(9);
  const waiting = far.open("7", 1, await cipher.seal(1, frame, ""), "");
  far.forget("7");
  await far.receiveWith("7", 0, SECRET);
  assert.deepEqual(await waiting, frame);
  assert.equal(await far.open("8", 1, await cipher.seal(1, frame, ""), ""), null);
});

test("a person's older key still opens what comes late; of many, the newest three are kept", async () => {
  const far = new FrameCipher();
  far.mode = "sealed";
  const sealed = [];
  for (let keyId = 0; keyId < 4; keyId += 1) {
    const cipher = new FrameCipher();
    cipher.mode = "sealed";
    const secret = noise(32);
    await cipher.sendWith("7", keyId, secret);
    await far.receiveWith("7", keyId, secret);
    // Told again, it does not forget what has been played.
    sealed.push([await cipher.seal(1, noise(9), ""), secret]);
  }
  const opens = [];
  for (const [frame] of sealed) opens.push((await far.open("7", 1, frame, "")) !== null);
  assert.deepEqual(opens, [false, true, true, true]);
  await far.receiveWith("7", 3, sealed[3][1]);
  assert.equal(await far.open("7", 1, sealed[3][0], ""), undefined);
  far.forget("7");
  assert.equal(await far.open("7", 1, sealed[2][0], ""), null);
});

test("redundant audio: each block by itself, headers clear, so that the newest opens alone", async () => {
  const cipher = new FrameCipher();
  const far = new FrameCipher();
  cipher.mode = far.mode = "sealed";
  await cipher.sendWith("7", 0, SECRET);
  await far.receiveWith("7", 0, SECRET);
  const blocks = [
    { head: HEAD + 960, data: noise(70) },
    { head: 111, data: noise(80) },
  ];
  const payload = writeBlocks(blocks);
  assert.deepEqual(readBlocks(payload), blocks);
  const sealed = await cipher.seal(0, payload, RED);
  const [older, newest] = readBlocks(sealed);
  assert.deepEqual([older.head, newest.head, older.data.length, newest.data.length], [blocks[0].head, 111, 91, 101]);
  // As the relay unwraps it for a browser without redundant audio.
  assert.deepEqual(await far.open("7", 0, newest.data, "audio/opus"), blocks[1].data);
  // It has been played, so the whole payload is not.
  assert.equal(await far.open("7", 0, sealed, RED), undefined);
  assert.deepEqual(await far.open("7", 0, await cipher.seal(0, payload, RED), RED), payload);
});

test("redundancy is given up before sound that would be too long for Chromium", async () => {
  const cipher = new FrameCipher();
  cipher.mode = "sealed";
  await cipher.sendWith("7", 0, SECRET);
  const sizes = async (...lengths) => {
    const last = lengths.length - 1;
    const blocks = lengths.map((length, index) => ({ head: index === last ? 111 : HEAD, data: noise(length) }));
    const sealed = await cipher.seal(0, writeBlocks(blocks), RED);
    assert.ok(sealed === null || sealed.length <= 1000);
    return sealed && readBlocks(sealed).map(({ data }) => data.length - TRAILER);
  };
  assert.deepEqual(await sizes(150, 160, 170, 180, 190), [150, 160, 170, 180, 190]);
  assert.deepEqual(await sizes(200, 200, 200, 200, 200), [200, 200, 200, 200]);
  assert.deepEqual(await sizes(1010, 100), [100]);
  assert.equal(await sizes(990), null);
  assert.equal(await cipher.seal(0, noise(990), "audio/opus"), null);
});

test("what is no redundant audio is dropped", async () => {
  const far = new FrameCipher();
  far.mode = "sealed";
  await far.receiveWith("7", 0, SECRET);
  for (let turn = 0; turn < 2000; turn += 1) assert.equal(await far.open("7", 0, noise(1 + dice(60)), RED), null);
  for (const payload of ["80", "ef000000", "ef0000016f", "ef0003ff6f00"]) assert.equal(readBlocks(hex(payload)), null);
});
