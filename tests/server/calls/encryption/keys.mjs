// The agreement on keys, in Node: several browsers with a server between them that loses, delays, repeats or swaps.
import assert from "node:assert/strict";
import { mock, test } from "node:test";

const place = process.env.FIRESIDE_SCRIPTS;
const { Agreement } = await import(`${place}/encryption/agreement.js`);
const { KeyExchange } = await import(`${place}/encryption/key-exchange.js`);
const { isSealed } = await import(`${place}/call/chat-message.js`);
const { ChatCipher, chatSecretOf } = await import(`${place}/encryption/chat-cipher.js`);

// As `make faults` tries it.
const LONG = process.env.FIRESIDE_FAULTS === "long";
const [SWAPS, HISTORIES] = LONG ? [1000, 40] : [40, 4];

const written = (data) => Buffer.from(data).toString("hex");

let seed = 20261129;
function dice(below) {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return Math.floor((seed / 2147483648) * below);
}

/** Lets two agreements talk, the first one beginning; `between` is what lies between them. */
async function talk(ann, bob, between = (said) => said) {
  const waiting = [[ann, bob, ann.greet(true)], [bob, ann, bob.greet(true)]];
  for (let turns = 0; waiting.length && turns < 50; turns += 1) {
    const [from, to, said] = waiting.shift();
    const answer = await to.hear(between(said, from));
    if (answer) waiting.push([to, from, answer]);
  }
}

test("both derive the same keys and pictures, and read each other's messages once", async () => {
  const [ann, bob] = await Promise.all([Agreement.begin("1", "2"), Agreement.begin("2", "1")]);
  assert.equal(await ann.seal({}), null);
  await talk(ann, bob);
  assert.deepEqual(ann.established.pictures, bob.established.pictures);
  assert.equal(ann.established.pictures.length, 4);
  assert.ok(ann.established.pictures.every((each) => Number.isInteger(each) && each >= 0 && each < 64));
  assert.equal(written(ann.established.transcript), written(bob.established.transcript));
  const sealed = await ann.seal({ secret: "x" });
  assert.ok(!JSON.stringify(sealed).includes("secret"));
  assert.equal(await ann.open(sealed), null);
  assert.equal(await bob.open({ ...sealed, number: 2 }), null);
  assert.deepEqual(await bob.open(sealed), { secret: "x" });
  assert.equal(await bob.open(sealed), null);
});

test("where one has no X25519, both take P-256", async () => {
  const generate = crypto.subtle.generateKey;
  crypto.subtle.generateKey = async function (algorithm, ...rest) {
    if (algorithm.name === "X25519") throw new Error("not here");
    return generate.call(this, algorithm, ...rest);
  };
  const ann = await Agreement.begin("1", "2");
  crypto.subtle.generateKey = generate;
  const bob = await Agreement.begin("2", "1");
  assert.equal(ann.own.modern, null);
  await talk(ann, bob);
  assert.deepEqual(ann.established.pictures, bob.established.pictures);
  assert.deepEqual(await bob.open(await ann.seal(1)), 1);
});

test("keys are shown only after the other has committed to theirs", async () => {
  const [ann, bob] = await Promise.all([Agreement.begin("1", "2"), Agreement.begin("2", "1")]);
  assert.equal(ann.greet(true).keys, undefined);
  const first = await bob.hear(ann.greet(true));
  assert.equal(first.keys, undefined);
  const second = await ann.hear(first);
  assert.equal(second.keys, ann.own.keys);
  assert.notEqual((await bob.hear(second)).keys, undefined);
});

test("keys that do not fit the commitment, or another commitment, are refused", async () => {
  const [ann, bob, eve] = await Promise.all(["1", "2", "2"].map((me, index) => Agreement.begin(me, index ? "1" : "2")));
  await talk(ann, bob, (said, from) => (from === bob && said.keys ? { ...said, keys: eve.own.keys } : said));
  assert.equal(ann.established, null);
  await talk(ann, bob, (said, from) => (from === bob ? { ...said, commitment: eve.own.commitment, keys: eve.own.keys } : said));
  assert.equal(ann.established, null);
});

test("of a server that swaps the keys, the pictures differ every time", async () => {
  let same = 0;
  for (let turn = 0; turn < SWAPS; turn += 1) {
    const [ann, toAnn, toBob, bob] = await Promise.all([["1", "2"], ["2", "1"], ["1", "2"], ["2", "1"]].map((each) => Agreement.begin(...each)));
    await talk(ann, toAnn);
    await talk(toBob, bob);
    assert.ok(ann.established && bob.established);
    if (`${ann.established.pictures}` === `${bob.established.pictures}`) same += 1;
  }
  assert.equal(same, 0);
});

test("keys that were shown to one browser are not used with another", async () => {
  const [ann, bob] = await Promise.all([Agreement.begin("1", "2"), Agreement.begin("2", "1")]);
  await talk(ann, bob);
  const [before, pictures] = [ann.own.keys, ann.established.pictures];
  const reloaded = await Agreement.begin("2", "1");
  await talk(ann, reloaded);
  assert.notEqual(ann.own.keys, before);
  assert.deepEqual(ann.established.pictures, reloaded.established.pictures);
  assert.notDeepEqual(ann.established.pictures, pictures);
  assert.equal(await bob.open(await ann.seal(1)), null);
});

/** A call: `enter` and `leave` its browsers, `deliver` what is on its way. */
class Call {
  people = new Map();
  wire = [];
  sent = [];

  wait(me) {
    const browser = { me, used: [], learned: new Map(), chat: new Set(), agreed: 0, gone: [] };
    browser.keys = new KeyExchange(me, {
      send: (to, content) => this.sent.push(content) && this.wire.push({ me, to, content }),
      use: (id, secret) => browser.used.push([id, written(secret)]),
      learned: (person, id, secret) => browser.learned.set(`${person} ${id}`, written(secret)),
      learnedChat: (secrets) => secrets.forEach((secret) => browser.chat.add(written(secret))),
      gone: (person) => browser.gone.push(person),
      introduced: () => {},
      agreed: () => (browser.agreed += 1),
    });
    this.people.get(me)?.keys.close();
    this.people.set(me, browser);
    void browser.keys.renew();
    return browser;
  }

  enter(me) {
    const browser = this.wait(me);
    this.roster();
    return browser;
  }

  leave(me) {
    this.people.get(me).keys.close();
    this.people.delete(me);
    this.roster();
  }

  roster() {
    for (const { me, keys } of this.people.values()) void keys.meet([...this.people.keys()].filter((each) => each !== me));
  }

  async deliver(loss = 0) {
    for (let turns = 0; turns < 60; turns += 1) {
      await Promise.all([...this.people.values()].map(({ keys }) => keys.idle));
      await new Promise((done) => setImmediate(done));
      if (!this.wire.length) continue;
      const { me, to, content } = this.wire.splice(dice(Math.min(3, this.wire.length)), 1)[0];
      if (loss && dice(100) < loss) continue;
      if (loss && dice(100) < 10) this.wire.push({ me, to, content });
      void this.people.get(to)?.keys.hear(me, content);
    }
  }

  /** Whether everybody knows what each other one encrypts with. */
  get settled() {
    const all = [...this.people.values()];
    return all.every((reader) =>
      all.every((writer) => {
        const [id, secret] = writer.used.at(-1) ?? [];
        return reader === writer || (secret && reader.learned.get(`${writer.me} ${id}`) === secret);
      }),
    );
  }

  async settle(loss = 0, rounds = 60) {
    for (let round = 0; round < rounds; round += 1) {
      await this.deliver(loss);
      mock.timers.tick(400);
      if (this.settled && !this.wire.length) return;
    }
    assert.fail("no keys after many rounds");
  }
}

const timed = (run) => async () => {
  mock.timers.enable({ apis: ["setInterval", "setTimeout"] });
  try {
    await run();
  } finally {
    mock.timers.reset();
  }
};

test("fresh keys when somebody joins, leaves, or comes with another browser", timed(async () => {
  const call = new Call();
  const ann = call.enter("1");
  await call.settle();
  const alone = ann.used.at(-1)[1];
  let bob = call.enter("2");
  await call.settle();
  const two = ann.used.at(-1)[1];
  assert.notEqual(two, alone);
  assert.ok(![...bob.learned.values()].includes(alone));
  const cleo = call.enter("3");
  await call.settle();
  const three = ann.used.at(-1)[1];
  assert.notEqual(three, two);
  assert.ok(![...cleo.learned.values()].includes(two));
  call.leave("3");
  await call.settle();
  for (let round = 0; round < 5; round += 1) await call.settle();
  assert.deepEqual(ann.gone, ["3"]);
  const again = ann.used.at(-1)[1];
  assert.notEqual(again, three);
  assert.ok(![...cleo.learned.values()].includes(again));
  const agreed = ann.agreed;
  bob = call.enter("2");
  await call.settle();
  assert.equal(ann.agreed, agreed + 1);
  assert.notEqual(ann.used.at(-1)[1], again);
  // A connection that is made again, as after the death of a relay process.
  const before = ann.used.at(-1)[1];
  await ann.keys.renew();
  for (let round = 0; round < 5; round += 1) await call.settle();
  assert.notEqual(ann.used.at(-1)[1], before);
  assert.equal(ann.agreed, agreed + 1);
  // No secret and no key of the chat was ever to be read on the way.
  const secrets = [ann, bob, cleo].flatMap(({ used, chat }) => [...used.map(([, secret]) => secret), ...chat]);
  for (const secret of secrets)
    assert.ok(!call.sent.some((content) => content.includes(Buffer.from(secret, "hex").toString("base64"))));
  for (const { keys } of call.people.values()) keys.close();
}));

test("who has agreed in the lobby reads with the first message after entering, and nothing before", timed(async () => {
  const call = new Call();
  const ann = call.enter("1");
  const bob = call.wait("2");
  void bob.keys.greet(["1"]);
  await call.deliver();
  assert.ok(bob.keys.agreements.get("1").established);
  assert.deepEqual([bob.learned.size, ann.learned.size], [0, 0]);
  call.roster();
  await Promise.all([ann.keys.idle, bob.keys.idle]);
  for (const to of ["2", "1"]) {
    const { me, content } = call.wire.find((each) => each.to === to);
    await call.people.get(to).keys.hear(me, content);
  }
  assert.equal(bob.learned.get(`1 ${ann.used.at(-1)[0]}`), ann.used.at(-1)[1]);
  assert.equal(ann.learned.get(`2 ${bob.used.at(-1)[0]}`), bob.used.at(-1)[1]);
  for (const { keys } of call.people.values()) keys.close();
}));

test("a fresh key is used when all have acknowledged it, or after a second", timed(async () => {
  const call = new Call();
  const ann = call.enter("1");
  call.enter("2");
  await call.settle();
  const used = ann.used.length;
  await ann.keys.renew();
  assert.equal(ann.used.length, used);
  await call.deliver();
  assert.equal(ann.used.length, used + 1);
  await ann.keys.renew();
  call.wire = [];
  mock.timers.tick(999);
  assert.equal(ann.used.length, used + 1);
  mock.timers.tick(1);
  assert.equal(ann.used.length, used + 2);
  await call.settle();
  for (const { keys } of call.people.values()) keys.close();
}));

test("who comes late gets the chat's secrets of all before, but none of the frames'", timed(async () => {
  const call = new Call();
  const ann = call.enter("1");
  call.enter("2");
  await call.settle();
  const bob = call.enter("2");
  await call.settle();
  for (const [, secret] of ann.used) {
    const chat = written(await chatSecretOf(Buffer.from(secret, "hex")));
    assert.ok(bob.chat.has(chat));
  }
  assert.ok(![...bob.learned.values()].includes(ann.used[0][1]));
  for (const { keys } of call.people.values()) keys.close();
}));

test("over a bad connection, with people who come, go and reload, all end with each other's keys", timed(async () => {
  for (let history = 0; history < HISTORIES; history += 1) {
    const call = new Call();
    call.enter("1");
    for (let step = 0; step < 8; step += 1) {
      const person = String(1 + dice(3));
      if (dice(3) || !call.people.has(person)) call.enter(person);
      else call.leave(person);
      await call.deliver(30);
      mock.timers.tick(dice(1500));
    }
    for (const person of ["1", "2"]) if (!call.people.has(person)) call.enter(person);
    await call.settle(20);
    for (const { keys } of call.people.values()) keys.close();
  }
}));

test("what is no message of an agreement changes nothing", timed(async () => {
  const call = new Call();
  const ann = call.enter("1");
  call.enter("2");
  await call.settle();
  for (const content of ["", "null", "[]", "{}", '{"from": 1, "to": ""}', '{"from": "x", "to": "y", "sealed": "!"}'])
    await ann.keys.hear("2", content);
  await call.settle();
  assert.equal(ann.agreed, 1);
  for (const { keys } of call.people.values()) keys.close();
}));

test("a line of the chat is its writer's, and opens with its secret only", async () => {
  const [ann, bob] = [new ChatCipher(), new ChatCipher()];
  assert.ok(!ann.ready);
  await assert.rejects(ann.seal("1", "line-0001", "hello"));
  const secret = crypto.getRandomValues(new Uint8Array(32));
  await ann.use(secret);
  const sealed = await ann.seal("1", "line-0001", "مرحبا 👋");
  assert.ok(isSealed(sealed) && !isSealed('{"text":"x"}'));
  assert.notEqual(await ann.seal("1", "line-0001", "مرحبا 👋"), sealed);
  assert.equal(await bob.open("1", "line-0001", sealed), null);
  await bob.learn(secret);
  assert.equal(await bob.open("1", "line-0001", sealed), "مرحبا 👋");
  assert.equal(await bob.open("2", "line-0001", sealed), null);
  assert.equal(await bob.open("1", "line-0002", sealed), null);
  for (const content of ["", "{}", '{"key": 1}', sealed.replace(/.{8}"}$/, 'AAAAAAA="}')])
    assert.equal(await bob.open("1", "line-0001", content), null);
});
