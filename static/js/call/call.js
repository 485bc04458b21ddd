/** The call: what happens when, between the person, their devices, the server and the media. */

import { gettext } from "../lib/texts.js";
import { Peer } from "./peer.js";
import { Reachability } from "./reachability.js";
import { Roster } from "./roster.js";
import { Signaling } from "./signaling.js";

const PATIENCE = 2000;
const BETWEEN_TRIES = 3000;

const FULL = gettext("This call is full.");
const REFUSED = gettext("You could not enter the call. Please reload this page.");
const RENEWED = gettext("Fireside has been updated. Please reload this page.");

/**
 * @typedef {import("./state.js").CallState} CallState
 * @typedef {import("./state.js").CallConfig} CallConfig
 */

export class Call {
  /** @type {Peer|null} */ peer = null;
  /** @type {RTCIceServer[]} */ #iceServers = [];
  #lastTry = -BETWEEN_TRIES;
  #patience = 0;
  #reachability = new Reachability();
  /** Whom the server still owes an answer to `enter`, in the order of asking. @type {Peer[]} */
  #asking = [];
  /** Called before a connection is given up for a fresh one. */
  renewing = () => {};
  /** How a guest asks to come in; others enter at once. @type {(() => void)|null} */ knock = null;
  /** What other parts hear, by the type of the message. @type {Record<string, (message: import("./signaling.js").Message) => void>} */
  hearing = {};
  /** @type {import("../encryption/encryption.js").Encryption|null} */ encryption = null;
  /** When things happened, in ms of performance.now(). @type {Record<string, number>} */
  marks = {};

  /**
   * @param {CallConfig} config
   * @param {import("../lib/store.js").Store<CallState>} store
   * @param {import("./devices.js").Devices} devices
   * @param {import("./choices.js").Choices} choices
   */
  constructor(config, store, devices, choices) {
    this.config = config;
    this.store = store;
    this.devices = devices;
    this.choices = choices;
    this.roster = new Roster(store);
    this.signaling = new Signaling(config.socket, {
      up: () => this.#up(),
      down: () => this.#down(),
      hear: (message) => (this.#heard[message.type] ?? this.hearing[message.type])?.(message),
      unreachable: () => void this.#askWhy(),
    });
  }

  /** Opens the socket and makes the offer ready, so that entering costs one round trip. */
  prepare() {
    this.#renewPeer();
    this.signaling.open();
  }

  async enter() {
    if (["entering", "in"].includes(this.store.state.phase)) return;
    this.marks = { enter: performance.now() };
    if (this.store.state.phase === "left") this.prepare();
    this.store.set({ phase: "entering", media: true, trouble: "", why: "" });
    await this.#sayEnter();
  }

  leave() {
    this.signaling.send({ type: "leave" });
    this.#end("left");
  }

  /**
   * Ends our own media at once, whatever becomes of the rest.
   * @param {Promise<boolean>} kept whether the server has taken the withdrawal, and takes the other out too
   */
  async withdraw(kept) {
    this.leave();
    this.store.set({ why: "withdrew" });
    if (!(await kept)) this.store.set({ why: "unkept" });
  }

  /** Tells the others what is on, and what else the roster says of us. */
  tellState() {
    const { phase, microphone, camera, screen, phone, hand, soundOnly } = this.store.state;
    if (phase !== "in") return;
    this.signaling.send({ type: "state", microphone, camera, screen });
    this.signaling.send({ type: "phone", wanted: phone });
    this.signaling.send({ type: "hand", raised: hand });
    this.signaling.send({ type: "sound_only", on: soundOnly });
  }

  /** @param {boolean} phone whether we would like to go on by phone */
  wishPhone(phone) {
    this.store.set({ phone });
    this.tellState();
  }

  /** @type {Record<string, (message: import("./signaling.js").Message) => void>} */
  #heard = {
    hello: (message) => this.#learnRoom(message.slots, message.ice_servers),
    roster: (message) => this.roster.show(message.people),
    entered: (message) => void this.#entered(message.peer, message.answer),
    resumed: () => this.tellState(),
    ended: (message) => this.#end(message.why),
    error: (message) => this.#refused(message),
  };

  /**
   * The connection that was made ready before the server spoke knows none of these. An older call may have fewer slots.
   * @param {number} slots
   * @param {RTCIceServer[]} iceServers
   */
  #learnRoom(slots, iceServers) {
    const renews = (iceServers.length || slots !== this.config.slots) && this.peer && !this.peer.id;
    [this.#iceServers, this.config.slots] = [iceServers, slots];
    if (renews) this.#renewPeer();
  }

  #up() {
    this.#reachability.reached();
    this.store.set({ socket: true, lost: false, blocked: false });
    const { phase } = this.store.state;
    if (phase !== "in") return void (phase === "entering" && this.#sayEnter());
    if (!this.peer?.id) return void this.#sayEnter();
    if (this.peer.connection.connectionState === "failed") return void this.replacePeer();
    this.signaling.send({ type: "resume", peer: this.peer.id });
  }

  #down() {
    this.#asking = [];
    this.roster.lost();
    this.store.set({ socket: false, lost: true });
  }

  /** A socket refused for good (the call is over, the visit has ended) looks like a lost network until one asks. */
  async #askWhy() {
    const { phase, media } = this.store.state;
    if (phase === "in" && media) return;
    const found = await this.#reachability.ask();
    if (found === "refused") this.#end("over");
    else if (this.store.state.phase !== "left") this.store.set({ blocked: found === "blocked" });
  }

  async #sayEnter() {
    const peer = this.peer;
    if (!peer) return;
    const offer = await peer.offer;
    const { microphone, camera, socket } = this.store.state;
    if (peer !== this.peer || !socket || this.#asking.includes(peer)) return;
    this.#asking.push(peer);
    this.signaling.send({ type: "enter", offer, microphone, camera, encrypts: this.encryption?.able ?? false });
  }

  /**
   * @param {string} id
   * @param {string} answer
   */
  async #entered(id, answer) {
    const peer = this.#asking.shift();
    if (!peer || peer !== this.peer) return;
    this.marks.entered ??= performance.now();
    await peer.accept(id, answer);
    if (peer !== this.peer) return;
    this.store.set({ phase: "in" });
    this.tellState();
  }

  /** @param {import("./signaling.js").Message} message */
  #refused(message) {
    if (message.about === "enter") {
      this.#asking.shift();
      console.warn(message.text);
      this.store.set({ phase: "lobby", trouble: message.code === "full" ? FULL : REFUSED });
    } else if (message.code === "unknown_peer") void this.replacePeer();
    else if (message.code === "wrong_version") this.store.set({ trouble: RENEWED });
  }

  /** The media is lost or unknown to the server: a fresh connection takes over the same seat. */
  async replacePeer() {
    this.store.set({ media: false });
    if (!this.store.state.socket || this.store.state.phase !== "in") return;
    clearTimeout(this.#patience);
    const early = this.#lastTry + BETWEEN_TRIES - performance.now();
    if (early > 0) return void (this.#patience = setTimeout(() => void this.replacePeer(), early));
    this.#lastTry = performance.now();
    this.#renewPeer();
    await this.#sayEnter();
  }

  #renewPeer() {
    this.renewing();
    this.peer?.close();
    const peer = new Peer(this.config.slots, this.#iceServers, (connection) => this.encryption?.attach(connection) ?? null);
    this.peer = peer;
    void this.sendTracks();
    peer.connection.onconnectionstatechange = () => peer === this.peer && this.#mediaChanged(peer);
  }

  /** Sends what the devices give now. */
  async sendTracks() {
    const { microphone, camera, screen } = this.devices;
    await this.peer?.send({ microphone, camera, screen });
  }

  /** @param {Peer} peer */
  #mediaChanged(peer) {
    clearTimeout(this.#patience);
    const state = peer.connection.connectionState;
    if (state === "connected") {
      this.marks.connected ??= performance.now();
      this.store.set({ media: true });
    } else if (state === "failed" || state === "disconnected") {
      this.store.set({ media: false });
      this.#patience = setTimeout(() => this.#lookAgain(peer), state === "failed" ? 0 : PATIENCE);
    }
  }

  /** @param {Peer} peer */
  #lookAgain(peer) {
    const lost = ["failed", "disconnected"].includes(peer.connection.connectionState);
    if (!lost || peer !== this.peer || this.store.state.phase !== "in") return;
    void this.replacePeer();
    this.#patience = setTimeout(() => this.peer && this.#lookAgain(this.peer), BETWEEN_TRIES);
  }

  /** @param {string} why */
  #end(why) {
    clearTimeout(this.#patience);
    this.roster.end();
    this.signaling.close();
    this.peer?.close();
    this.peer = null;
    this.#asking = [];
    this.devices.stopAll();
    this.store.set({ phase: "left", why, screen: false, people: [], unreadable: [], hand: false, socket: false, lost: false, interrupted: false, stalled: false, blocked: false, quality: "", choked: false });
  }
}
