/** The socket to the server: says hello, keeps it alive, and comes back by itself. See docs/protocol.md. */

const PING_EVERY = 5000;
const PONG_WITHIN = 5000;
const GREETED_WITHIN = 5000;
const FIRST_WAIT = 250;
const LONGEST_WAIT = 4000;
const ENDED = 4000;
const RELAY_LOST = 4001;
/** No relay is ready: the server was reached. */
const TRY_AGAIN_LATER = 1013;

/**
 * @typedef {{type: string, [field: string]: any}} Message
 * @typedef {object} Listener
 * @property {() => void} up the server greeted us (again)
 * @property {() => void} down the socket is lost; it is being brought back
 * @property {(message: Message) => void} hear
 * @property {() => void} unreachable the server has not greeted us on this socket; it is being tried again
 */

export class Signaling {
  /** @type {WebSocket|null} */ #socket = null;
  #wait = FIRST_WAIT;
  #timer = 0;
  #pinging = 0;
  /** The time limit of the hello or pong that is awaited. */ #awaited = 0;
  #pings = 0;
  #greeted = false;
  #over = false;

  /**
   * @param {string} path
   * @param {Listener} listener
   */
  constructor(path, listener) {
    this.url = new URL(path, location.href.replace(/^http/, "ws")).href;
    this.listener = listener;
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.hurry());
  }

  open() {
    this.#over = false;
    clearTimeout(this.#timer);
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    // Where packets vanish, a socket neither opens nor fails for minutes.
    this.#awaited = setTimeout(() => this.#dead(), GREETED_WITHIN);
    this.#greeted = false;
    socket.onopen = () => this.send({ type: "hello", version: 1 });
    socket.onmessage = (event) => this.#hear(socket, JSON.parse(event.data));
    socket.onclose = (event) => {
      if (socket !== this.#socket) return;
      this.#closed(event.code);
    };
  }

  /** @param {Message} message */
  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Ends it for good. */
  close() {
    this.#over = true;
    this.#quiet();
    this.#socket?.close();
    this.#socket = null;
  }

  /** After a sleep or a change of network: find out at once whether the socket still lives. */
  hurry() {
    if (this.#over || !this.#socket) return;
    if (this.#socket.readyState === WebSocket.OPEN) this.#ping();
    else if (this.#socket.readyState !== WebSocket.CONNECTING) this.open();
  }

  /**
   * @param {WebSocket} socket
   * @param {Message} message
   */
  #hear(socket, message) {
    if (socket !== this.#socket) return;
    if (message.type === "pong") return this.#answered();
    if (message.type === "hello") {
      this.#answered();
      this.#greeted = true;
      this.#wait = FIRST_WAIT;
      clearInterval(this.#pinging);
      this.#pinging = setInterval(() => this.#ping(), PING_EVERY);
    }
    if (message.type === "ended") this.#over = true;
    this.listener.hear(message);
    if (message.type === "hello") this.listener.up();
  }

  #ping() {
    if (this.#awaited) return;
    this.#pings += 1;
    this.send({ type: "ping", n: this.#pings });
    this.#awaited = setTimeout(() => this.#dead(), PONG_WITHIN);
  }

  #answered() {
    clearTimeout(this.#awaited);
    this.#awaited = 0;
  }

  /** A socket that does not answer would take minutes to notice by itself. */
  #dead() {
    const socket = this.#socket;
    if (socket) socket.onclose = socket.onmessage = null;
    socket?.close();
    this.#closed(0);
  }

  /** @param {number} code */
  #closed(code) {
    this.#quiet();
    if (this.#over || code === ENDED) return;
    this.listener.down();
    if (!this.#greeted && ![RELAY_LOST, TRY_AGAIN_LATER].includes(code)) this.listener.unreachable();
    const wait = code === RELAY_LOST ? 0 : this.#wait * (0.75 + Math.random() / 2);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    this.#timer = setTimeout(() => this.open(), wait);
  }

  #quiet() {
    clearTimeout(this.#timer);
    clearInterval(this.#pinging);
    this.#answered();
  }
}
