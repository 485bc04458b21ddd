/**
 * The server-sent events of this page. Each address has one stream, however many listen to it; it is open only while
 * the page is seen, so that forgotten tabs cost nothing, and tells everything once more when it opens again.
 */

const FIRST_WAIT = 3000;
const LONGEST_WAIT = 300_000;

/** @typedef {(data: string) => void} Hear */

/** @type {Map<string, Stream>} */
const streams = new Map();

/**
 * Calls `hear` with the last event of this name and with each that comes.
 * @param {string} address
 * @param {string} event
 * @param {Hear} hear
 * @returns {() => void} ends it
 */
export function listen(address, event, hear) {
  const stream = streams.get(address) ?? new Stream(address);
  streams.set(address, stream);
  return stream.add(event, hear);
}

class Stream {
  /** @type {EventSource|null} */ #source = null;
  /** @type {Map<string, Set<Hear>>} */ #hearing = new Map();
  /** @type {Map<string, string>} */ #last = new Map();
  #timer = 0;
  #over = false;
  #wait = FIRST_WAIT;

  /** @param {string} address */
  constructor(address) {
    this.address = address;
    document.addEventListener("visibilitychange", () => this.#look());
    // A page that the browser keeps for the way back must hold no connection, and gets a new one when it is shown again.
    addEventListener("pagehide", () => this.#close());
    addEventListener("pageshow", () => this.#look());
  }

  /**
   * @param {string} event
   * @param {Hear} hear
   */
  add(event, hear) {
    const others = this.#hearing.get(event);
    if (others) others.add(hear);
    else {
      this.#hearing.set(event, new Set([hear]));
      if (this.#source) this.#hearFrom(this.#source, event);
    }
    const last = this.#last.get(event);
    if (last !== undefined) hear(last);
    this.#look();
    return () => void this.#hearing.get(event)?.delete(hear);
  }

  #look() {
    if (document.hidden) this.#close();
    else if (!this.#source) this.#open();
  }

  #open() {
    clearTimeout(this.#timer);
    const source = new EventSource(this.address);
    this.#source = source;
    source.onopen = () => {
      this.#wait = FIRST_WAIT;
      this.#over = false;
    };
    // The browser comes back by itself, unless it got an answer that is no stream: a proxy's, while the server is away.
    source.onerror = () => source.readyState === EventSource.CLOSED && source === this.#source && !this.#over && this.#openLater();
    // We may not have it any more: nothing is asked for until the page is shown again.
    source.addEventListener("over", () => {
      this.#over = true;
      source.close();
    });
    for (const event of this.#hearing.keys()) this.#hearFrom(source, event);
  }

  #openLater() {
    this.#timer = setTimeout(() => document.hidden || this.#open(), this.#wait * (0.75 + Math.random() / 2));
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  /**
   * @param {EventSource} source
   * @param {string} event
   */
  #hearFrom(source, event) {
    source.addEventListener(event, ({ data }) => {
      this.#last.set(event, data);
      for (const hear of this.#hearing.get(event) ?? []) hear(data);
    });
  }
}
