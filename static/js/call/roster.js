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
