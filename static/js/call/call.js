/** The call: what happens when, between the person, their devices, the server and the media. */

import { Peer } from "./peer.js";
import { Signaling } from "./signaling.js";

const PATIENCE = 2000;
const BETWEEN_TRIES = 3000;

/**
 * @typedef {import("./state.js").CallState} CallState
 * @typedef {import("./state.js").CallConfig} CallConfig
 */

export class Call {
  /** @type {Peer|null} */ peer = null;
  /** @type {RTCIceServer[]} */ #iceServers = [];
  #lastTry = 0;
  #patience = 0;
  /** When things happened, in ms of performance.now(). @type {Record<string, number>} */
  marks = {};

  /**
   * @param {CallConfig} config
   * @param {import("../lib/store.js").Store<CallState>} store
   * @param {import("./devices.js").Devices} devices
   */
  constructor(config, store, devices) {
    this.config = config;
    this.store = store;
    this.devices = devices;
    this.signaling = new Signaling(config.socket, {
      up: () => this.#up(),
      down: () => store.set({ socket: false }),
      hear: (message) => this.#heard[message.type]?.(message),
    });
  }

  /** Opens the socket and makes the offer ready, so that entering costs one round trip. */
  prepare() {
    this.#renewPeer();
    this.signaling.open();
  }

  async enter() {
    this.marks = { enter: performance.now() };
    if (this.store.state.phase === "left") this.prepare();
    this.store.set({ phase: "entering", media: true, trouble: "", why: "" });
    await this.#sayEnter();
  }

  leave() {
    this.signaling.send({ type: "leave" });
    this.#end("left");
  }

  /** Tells the others what is on. */
  tellState() {
    const { phase, microphone, camera, screen } = this.store.state;
    if (phase === "in") this.signaling.send({ type: "state", microphone, camera, screen });
  }

  /** @type {Record<string, (message: import("./signaling.js").Message) => void>} */
  #heard = {
    hello: (message) => {
      this.#iceServers = message.ice_servers;
    },
    roster: (message) => this.store.set({ people: message.people }),
    entered: (message) => void this.#entered(message.peer, message.answer),
    resumed: () => this.tellState(),
    ended: (message) => this.#end(message.why),
    error: (message) => this.#refused(message),
  };

  #up() {
    this.store.set({ socket: true });
    const { phase } = this.store.state;
    if (phase === "entering") void this.#sayEnter();
    else if (phase === "in" && this.peer) this.signaling.send({ type: "resume", peer: this.peer.id });
  }

  async #sayEnter() {
    const peer = this.peer;
    if (!peer || !this.store.state.socket) return;
    const offer = await peer.offer;
    const { microphone, camera } = this.store.state;
    if (peer === this.peer) this.signaling.send({ type: "enter", offer, microphone, camera });
  }

  /**
   * @param {string} id
   * @param {string} answer
   */
  async #entered(id, answer) {
    if (!this.peer || this.peer.id || this.store.state.phase === "left") return;
    this.marks.entered = performance.now();
    await this.peer.accept(id, answer);
    this.store.set({ phase: "in" });
    this.tellState();
  }

  /** @param {import("./signaling.js").Message} message */
  #refused(message) {
    if (message.code === "unknown_peer") void this.#enterAnew();
    else if (message.about === "enter") this.store.set({ phase: "lobby", trouble: message.text });
  }

  /** The media is lost or unknown to the server: a fresh connection takes over the same seat. */
  async #enterAnew() {
    this.store.set({ media: false });
    if (!this.store.state.socket || performance.now() - this.#lastTry < BETWEEN_TRIES) return;
    this.#lastTry = performance.now();
    this.#renewPeer();
    await this.#sayEnter();
  }

  #renewPeer() {
    this.peer?.close();
    const peer = new Peer(this.config.slots, this.#iceServers);
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
    void this.#enterAnew();
    this.#patience = setTimeout(() => this.peer && this.#lookAgain(this.peer), BETWEEN_TRIES);
  }

  /** @param {string} why */
  #end(why) {
    clearTimeout(this.#patience);
    this.signaling.close();
    this.peer?.close();
    this.peer = null;
    this.devices.stopAll();
    this.store.set({ phase: "left", why, screen: false, people: [] });
  }
}
