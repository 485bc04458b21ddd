/** One end of a loop: a seat in a call of its own, entered over a socket of its own. */

import { Peer } from "../call/peer.js";
import { gettext } from "../lib/texts.js";

const ANSWERED_WITHIN = 10_000;

export class End {
  peer = new Peer(1, []);
  /** @type {WebSocket} */ #socket;

  /** @param {URL} url */
  constructor(url) {
    this.#socket = new WebSocket(url);
  }

  /** Takes the seat. @returns {Promise<{peer: string, answer: string}>} */
  async enter() {
    const offer = await this.peer.offer;
    return new Promise((resolve, reject) => {
      setTimeout(reject, ANSWERED_WITHIN, new Error(gettext("the server did not answer")));
      this.#socket.onclose = () => reject(new Error(gettext("the server closed the connection")));
      this.#socket.onmessage = ({ data }) => {
        const message = JSON.parse(data);
        if (message.type === "hello") this.#say({ type: "enter", offer, microphone: true, camera: true });
        if (message.type === "entered") resolve(message);
        if (message.type === "error") reject(new Error(message.text));
      };
      const greet = () => this.#say({ type: "hello", version: 1 });
      if (this.#socket.readyState === WebSocket.OPEN) greet();
      else this.#socket.onopen = greet;
    });
  }

  /** @param {object} message */
  #say(message) {
    this.#socket.send(JSON.stringify(message));
  }

  close() {
    this.#socket.onclose = null;
    if (this.#socket.readyState === WebSocket.OPEN) this.#say({ type: "leave" });
    this.#socket.close();
    this.peer.close();
  }
}
