/** The encryption of a call, on this page: who is in it, with which keys, and in which state it is. */

import { ChatCipher } from "./chat-cipher.js";
import { KeyExchange } from "./key-exchange.js";
import { KnownDevices } from "./known-devices.js";
import { canEncrypt, Transforms } from "./transforms.js";

/** So long frames that cannot be opened are no news: keys are on their way. */
const UNREADABLE_AFTER = 2000;
/** After so long without a frame, nothing is known. */
const SILENT = 3000;
const STREAMS = [0, 1, 2];
const AUDIO = 0;

/**
 * @typedef {import("../call/call.js").Call} Call
 * @typedef {import("../call/state.js").Other} Other
 * @typedef {import("../call/state.js").EncryptionState} EncryptionState
 * @typedef {import("./transforms.js").Count} Count
 * @typedef {{count: Count, failing: number|null, at: number}} Look `failing`: since when nothing opens; `at`: of the last frame
 */

export class Encryption {
  able = canEncrypt();
  chat = new ChatCipher();
  /** Called when lines of the chat that could not be read perhaps can, and when ours can be sent. */
  chatChanged = () => {};
  /** @type {Transforms|null} */ #transforms = null;
  /** @type {KeyExchange|null} */ #keys = null;
  /** @type {KnownDevices} */ #devices;
  /** What is known of each one's device, and its key. @type {Map<string, {state: "new"|"same"|"checked", key: string}>} */
  #found = new Map();
  /** @type {Map<string, Look>} */ #looks = new Map();
  #mode = "closed";

  /** @param {Call} call */
  constructor(call) {
    this.call = call;
    this.me = call.config.me.person;
    this.#devices = new KnownDevices(this.me);
    this.#show();
    if (!this.able) return;
    call.hearing.keys = ({ person, content }) => void this.#keys?.hear(person, content);
    call.store.watch((state, before) => {
      if (state.phase === "left" && before.phase !== "left") this.#end();
      if (state.people !== before.people || state.phase !== before.phase) this.#meet();
    });
  }

  /**
   * Leads the connection's frames through the worker. To be called before its offer is made.
   * @param {RTCPeerConnection} connection
   * @returns {import("../call/peer.js").Encrypts|null} null if this browser cannot
   */
  attach(connection) {
    if (!this.able) return null;
    this.#transforms ??= new Transforms({ counted: () => this.#look(), unused: () => void this.call.replacePeer() });
    this.#keys ??= this.#exchange(this.#transforms);
    const encrypts = this.#transforms.attach(connection);
    this.#looks.clear();
    // Also for a connection that takes the place of another.
    void this.#keys.renew();
    this.#meet();
    return encrypts;
  }

  /** Whether what is written now must be encrypted. */
  get encryptsChat() {
    return this.able && this.#mode !== "open";
  }

  /**
   * The two people have found the same pictures.
   * @param {string} person
   */
  async check(person) {
    const found = this.#found.get(person);
    this.#found.set(person, { key: found?.key ?? "", state: "checked" });
    if (found?.key) await this.#devices.check(person, found.key);
    this.#show();
  }

  /** @param {Transforms} transforms */
  #exchange(transforms) {
    const keys = new KeyExchange(this.me, {
      send: (to, content) => this.call.signaling.send({ type: "keys", to, content }),
      use: (keyId, secret, chat) => {
        void transforms.tell({ type: "send", person: this.me, keyId, secret });
        void this.chat.use(chat).then(() => this.chatChanged());
      },
      learned: (person, keyId, secret) => {
        void transforms.tell({ type: "receive", person, keyId, secret });
        this.#show();
      },
      learnedChat: async (secrets) => {
        await Promise.all(secrets.map((secret) => this.chat.learn(secret)));
        this.chatChanged();
      },
      gone: (person) => void transforms.tell({ type: "forget", person }),
      agreed: (person) => {
        this.#found.delete(person);
        void transforms.tell({ type: "forget", person });
        this.#show();
      },
      introduced: async (person, device) => {
        const transcript = keys.agreements.get(person)?.established?.transcript;
        if (!transcript) return;
        const state = await this.#devices.recognise(person, transcript, device);
        if (this.#found.get(person)?.state !== "checked") this.#found.set(person, { state, key: device.key });
        this.#show();
      },
    });
    keys.introduce = (transcript) => this.#devices.introduce(transcript);
    return keys;
  }

  /** Who is in the call decides whether it is encrypted, and for whom. */
  #meet() {
    if (!this.#keys || !this.#transforms) return;
    const { people, phase } = this.call.store.state;
    if (phase === "lobby") {
      const inside = people.filter(({ here, encrypts }) => here !== "waiting" && encrypts);
      void this.#keys.greet(inside.map(({ person }) => person));
    }
    const others = this.#others();
    const mode = others.every(({ encrypts }) => encrypts) ? "sealed" : "open";
    if (mode !== this.#mode) {
      this.#mode = mode;
      void this.#transforms.tell({ type: "mode", mode });
      this.chatChanged();
    }
    /** @type {(string|null)[]} */
    const slots = [];
    for (const { slot, person } of others) if (slot !== null) slots[slot] = person;
    void this.#transforms.tell({ type: "slots", slots });
    void this.#keys.meet(others.filter(({ encrypts }) => encrypts).map(({ person }) => person));
    this.#show();
  }

  /** With whom we have keys, or soon will: from when we ask to be let in, as keys take their time. @returns {Other[]} */
  #others() {
    const { people, phase } = this.call.store.state;
    return !["entering", "in"].includes(phase) ? [] : people.filter(({ here, slot }) => here !== "waiting" && slot !== null);
  }

  /** Looks whether the others' frames open. */
  #look() {
    const now = performance.now();
    const others = this.#mode === "sealed" ? this.#others() : [];
    const said = [];
    for (const { person, slot } of others) {
      const failing = STREAMS.filter((stream) => {
        const count = /** @type {Transforms} */ (this.#transforms).countOf(/** @type {number} */ (slot), stream);
        const name = `${person} ${stream}`;
        const look = lookAgain(this.#looks.get(name), count, now);
        this.#looks.set(name, look);
        return look.failing !== null && now - look.failing > UNREADABLE_AFTER;
      });
      if (failing.length) void this.#keys?.askAgain(person);
      if (failing.length) said.push({ person, sound: failing.includes(AUDIO) });
    }
    if (JSON.stringify(said) !== JSON.stringify(this.call.store.state.unreadable)) this.call.store.set({ unreadable: said });
  }

  #show() {
    const others = this.#others();
    const unable = others.find(({ encrypts }) => !encrypts);
    /** @type {EncryptionState} */
    const encryption = {
      able: this.able,
      off: unable ? unable.name : null,
      people: others.map(({ person, name }) => {
        const established = this.#keys?.agreements.get(person)?.established;
        const state = established ? (this.#found.get(person)?.state ?? "new") : "waiting";
        return { person, name, state, pictures: established?.pictures ?? [] };
      }),
    };
    if (JSON.stringify(encryption) !== JSON.stringify(this.call.store.state.encryption)) this.call.store.set({ encryption });
  }

  #end() {
    this.#keys?.close();
    this.#transforms?.close();
    this.#keys = this.#transforms = null;
    this.#found.clear();
    this.#mode = "closed";
  }
}

/**
 * @param {Look|undefined} before
 * @param {Count} count
 * @param {number} now
 * @returns {Look}
 */
function lookAgain(before, count, now) {
  // A new transform counts from 0.
  if (!before || count.came < before.count.came) return { count, failing: null, at: now };
  const opened = count.on > before.count.on;
  const failed = count.dropped > before.count.dropped;
  const at = opened || failed ? now : before.at;
  const failing = opened || now - at > SILENT ? null : (before.failing ?? (failed ? now : null));
  return { count, failing, at };
}
