// The pure scripts of static/js/captions, in Node, with a recognition and a clock of their own.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

const place = `${process.env.FIRESIDE_SCRIPTS}/captions`;
const { Consent, LASTS } = await import(`${place}/consent.js`);
const { endOf, Lines } = await import(`${place}/lines.js`);
const { closest, LANGUAGES, Models } = await import(`${place}/models.js`);
const { Listener, localRecognition, partsOf } = await import(`${place}/recognition.js`);

let runs = [];
class Recognition {
  static available = async () => "available";
  static install = async () => true;
  #local = false;
  get processLocally() {
    return this.#local;
  }
  set processLocally(on) {
    this.#local = on;
  }
  start(track) {
    if (!this.processLocally) throw new Error("the cloud was about to listen");
    runs.push(Object.assign(this, { track }));
  }
  abort() {
    this.aborted = true;
  }
}
class Cloud extends Recognition {
  get processLocally() {
    return false;
  }
  set processLocally(on) {}
}
const result = (transcript, isFinal) => Object.assign([{ transcript }], { isFinal });
const newest = () => runs.at(-1);

beforeEach(() => {
  runs = [];
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
});

function listen(Kind = Recognition) {
  const said = { heard: [], failed: [] };
  const listener = new Listener(Kind, "track", "de-DE", {
    heard: (parts) => said.heard.push(...parts),
    failed: (why) => said.failed.push(why),
  });
  return { ...said, listener };
}

test("it listens to the given track, on the device, in the language", () => {
  listen();
  const { track, lang, processLocally, continuous, interimResults } = newest();
  assert.deepEqual([track, lang, processLocally, continuous, interimResults], ["track", "de-DE", true, true, true]);
});

test("where it cannot be kept on the device, nothing is started", () => {
  assert.deepEqual(listen(Cloud).failed, ["not-local"]);
  assert.deepEqual(runs, []);
});

test("only a desktop browser that keeps it on the device is used", () => {
  const desktop = { userAgent: "X11; Linux Chrome/139" };
  assert.equal(localRecognition({ SpeechRecognition: Recognition, navigator: desktop }), Recognition);
  assert.equal(localRecognition({ SpeechRecognition: Recognition, navigator: { userAgent: "Android 15 Chrome/139" } }), null);
  assert.equal(localRecognition({ SpeechRecognition: class {}, navigator: desktop }), null);
  assert.equal(localRecognition({ webkitSpeechRecognition: Recognition, navigator: desktop }), null);
});

test("after a stop nothing is heard, and nothing begins again", () => {
  const { listener, heard } = listen();
  const run = newest();
  listener.stop();
  assert.ok(run.aborted);
  run.onresult({ resultIndex: 0, results: [result("late", true)] });
  run.onend();
  mock.timers.tick(60_000);
  assert.deepEqual([heard, runs.length], [[], 1]);
});

test("it begins again when it ends, ever later, and gives up after some runs that end early", () => {
  const { failed } = listen();
  for (let ended = 1; ended <= 7; ended += 1) {
    newest().onend();
    assert.equal(failed.length, ended === 7 ? 1 : 0);
    mock.timers.tick(249);
    assert.equal(runs.length, ended);
    mock.timers.tick(8000);
  }
  assert.deepEqual([failed, runs.length], [["ended"], 7]);
});

test("silence and good runs are no failures", () => {
  const { failed } = listen();
  for (let ended = 0; ended < 30; ended += 1) {
    newest().onerror({ error: "no-speech" });
    newest().onend();
    mock.timers.tick(999);
    assert.equal(runs.length, ended + 1);
    mock.timers.tick(1);
  }
  for (let ended = 0; ended < 30; ended += 1) {
    newest().onresult({ resultIndex: 0, results: [result("word", true)] });
    newest().onend();
    mock.timers.tick(250);
  }
  assert.deepEqual([failed, runs.length], [[], 61]);
});

for (const error of ["network", "language-not-supported", "service-not-allowed"]) {
  test(`it ends with ${error}, and says so once`, () => {
    const { failed } = listen();
    newest().onerror({ error });
    newest().onend?.();
    mock.timers.tick(60_000);
    assert.deepEqual([failed, runs.length], [[error], 1]);
  });
}

test("a result has what is done and what is still being spoken", () => {
  const results = [result("old", true), result(" done. ", true), result(" and", false), result(" so", false), result("  ", true)];
  assert.deepEqual(partsOf({ resultIndex: 1, results }), [
    { text: "done.", final: true },
    { text: "and so", final: false },
  ]);
});

test("two lines are shown, an unfinished one is replaced in place, and old ones go", () => {
  const lines = new Lines();
  const add = (person, text, final, at) => lines.add({ person, name: person, text, final, at });
  const shown = (now) => lines.shown(now).map(({ person, text }) => `${person}: ${text}`);
  add("a", "one", false, 0);
  add("b", "hm", false, 0);
  add("a", "one two", false, 1);
  assert.deepEqual(shown(1), ["a: one two", "b: hm"]);
  add("a", "one two.", true, 2);
  add("a", "three", false, 3);
  assert.deepEqual(shown(3), ["b: hm", "a: three"]);
  assert.deepEqual(shown(10_001), ["a: three"]);
  lines.remove("a");
  assert.deepEqual(shown(3), []);
  const words = "word ".repeat(100).trim();
  assert.ok(endOf(words).startsWith("…word ") && endOf(words).length <= 201);
});

function two() {
  let now = 0;
  const pass = (time) => (now += time);
  const queue = [];
  const make = (me, other, answers = {}) => new Consent((to, says, language = "") => queue.push([to, { person: me, says, language }]), answers, "de", () => now);
  const people = { reader: make("reader"), speaker: make("speaker") };
  const deliver = () => {
    while (queue.length) {
      const [to, message] = queue.shift();
      people[to].hear(message);
    }
  };
  return { ...people, pass, deliver, queue };
}

test("without a yes nothing is allowed; a yes brings the language; a no and an end take it back", () => {
  const { reader, speaker, deliver } = two();
  speaker.answer("reader", "yes");
  deliver();
  assert.ok(!reader.allows("speaker"), "nobody had asked");
  speaker.answers = {};
  reader.ask(["speaker"]);
  deliver();
  assert.ok(speaker.isAskedBy("reader") && !reader.allows("speaker"));
  speaker.answer("reader", "yes");
  deliver();
  assert.ok(reader.allows("speaker"));
  assert.equal(reader.told.get("speaker").language, "de");
  speaker.answer("reader", "no");
  deliver();
  assert.ok(!reader.allows("speaker"));
  speaker.answer("reader", "yes");
  deliver();
  assert.ok(reader.allows("speaker"));
  reader.end();
  deliver();
  assert.ok(!reader.allows("speaker") && !speaker.isAskedBy("reader"));
});

test("a yes lasts as long as it is confirmed, and a no that got lost is told again", () => {
  const { reader, speaker, pass, deliver, queue } = two();
  reader.ask(["speaker"]);
  deliver();
  speaker.answer("reader", "yes");
  deliver();
  for (let times = 0; times < 10; times += 1) {
    pass(15_000);
    reader.ask(["speaker"]);
    deliver();
    assert.ok(reader.allows("speaker"));
  }
  speaker.answer("reader", "no");
  queue.length = 0;
  pass(15_000);
  reader.ask(["speaker"]);
  deliver();
  assert.ok(!reader.allows("speaker"));
  speaker.answer("reader", "yes");
  deliver();
  pass(LASTS);
  assert.ok(!reader.allows("speaker") && !speaker.isAskedBy("reader"));
});

// A seeded generator (mulberry32): a failure can be repeated.
function dice(seed) {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

test("whatever gets lost: nothing is allowed that was not, and nothing for longer than a yes lasts", () => {
  for (let seed = 0; seed < 500; seed += 1) {
    const roll = dice(seed);
    const { reader, speaker, pass, deliver, queue } = two();
    let noSince = 0;
    let now = 0;
    for (let step = 0; step < 60; step += 1) {
      const what = roll(6);
      if (what === 0) reader.ask(["speaker"]);
      if (what === 1) reader.end();
      if (what === 2) [noSince] = [null, speaker.answer("reader", "yes")];
      if (what === 3) {
        noSince ??= now;
        speaker.answer("reader", "no");
      }
      const time = roll(20_000);
      pass(time);
      now += time;
      if (roll(3) === 0) queue.length = 0;
      deliver();
      if (noSince !== null && now - noSince >= LASTS) assert.ok(!reader.allows("speaker"), `seed ${seed}`);
      if (!reader.told.has("speaker")) assert.ok(!reader.allows("speaker"), `seed ${seed}`);
    }
  }
});

test("languages", () => {
  assert.deepEqual(["de", "en", "de-AT", "pt-BR", "ar", "EN-gb"].map(closest), ["de-DE", "en-US", "de-DE", "pt-BR", "ar", "en-US"]);
  assert.equal(LANGUAGES.length, 17);
});

const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

test("a model is asked for and fetched for this device only, and a download has a limit", async () => {
  const asked = [];
  let found = "downloadable";
  let come;
  const models = new Models(
    {
      available: async (wish) => (asked.push(wish), found),
      install: (wish) => (asked.push(wish), new Promise((done) => (come = done))),
    },
    () => {},
  );
  assert.equal(models.state("de-DE"), "looking");
  await settle();
  assert.equal(models.state("de-DE"), "downloadable");
  void models.download("de-DE");
  assert.equal(models.state("de-DE"), "downloading");
  mock.timers.tick(60_000);
  await settle();
  assert.equal(models.state("de-DE"), "late");
  void models.download("de-DE");
  found = "available";
  come(true);
  await settle();
  assert.equal(models.state("de-DE"), "available");
  void models.download("de-DE");
  come(false);
  await settle();
  assert.equal(models.state("de-DE"), "refused");
  assert.ok(asked.every(({ processLocally, langs }) => processLocally === true && langs[0] === "de-DE"));
});

test("one that another page is fetching is awaited for a minute; a browser that does not answer has none", async () => {
  let found = Promise.resolve("downloading");
  const models = new Models({ available: () => found }, () => {});
  models.state("de-DE");
  await settle();
  assert.equal(models.state("de-DE"), "downloading");
  for (let seconds = 0; seconds <= 62; seconds += 2) {
    mock.timers.tick(2000);
    await settle();
  }
  assert.equal(models.state("de-DE"), "late");
  found = new Promise(() => {});
  models.state("fr-FR");
  mock.timers.tick(10_000);
  await settle();
  assert.equal(models.state("fr-FR"), "unavailable");
});
