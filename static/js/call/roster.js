/** How long the others may take to come back beside us. */
const GRACE = 6000;

/** Who the others are, as the server tells it. */
export class Roster {
  #graceEnds = 0;
  #timer = 0;

  /** @param {import("../lib/store.js").Store<import("./state.js").CallState>} store */
  constructor(store) {
    this.store = store;
  }

  /** @param {readonly Other[]} told */
  show(told) {
    clearTimeout(this.#timer);
    const wait = this.store.state.phase === "in" ? this.#graceEnds - performance.now() : 0;
    this.store.set({ people: wait > 0 ? keepSeen(this.store.state.people, told) : told });
    if (wait > 0) this.#timer = setTimeout(() => this.store.set({ people: told }), wait);
  }

  /** Our own connection to the server was lost. */
  lost() {
    this.#graceEnds = performance.now() + GRACE;
  }

  end() {
    clearTimeout(this.#timer);
  }
}

/**
 * The other participants after our own connection to the server was lost: a new relay does not know them yet, although
 * they are reconnecting, as we are. Those whom we saw before stay in their places, as reconnecting.
 *
 * @typedef {import("./state.js").Other} Other
 * @param {readonly Other[]} seen
 * @param {readonly Other[]} told
 * @returns {readonly Other[]}
 */
export function keepSeen(seen, told) {
  const missed = seen.filter((then) => then.slot !== null && !told.some((now) => isSeen(now, then.person)));
  const others = told.filter((now) => !missed.some((then) => then.person === now.person));
  return [...others, ...missed.map((then) => ({ ...then, here: /** @type {const} */ ("reconnecting") }))];
}

/**
 * @param {Other} other
 * @param {string} person
 */
function isSeen(other, person) {
  return other.person === person && other.slot !== null;
}
