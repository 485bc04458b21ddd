/** Says aloud, to those who listen to the page, who came, went, muted or fell silent. */

/**
 * @typedef {import("./state.js").CallState} CallState
 * @typedef {import("./state.js").Other} Other
 */

/**
 * @param {import("../lib/store.js").Store<CallState>} store
 * @param {HTMLElement} region
 */
export function announce(store, region) {
  store.watch((state, before) => {
    const news = [...changesOf(state.people, before.people), ...ownChanges(state, before)];
    if (news.length) region.textContent = news.join(" ");
  });
}

/**
 * @param {CallState} state
 * @param {CallState} before
 */
function ownChanges(state, before) {
  const news = [];
  if (state.phase === "in" && before.phase === "entering") news.push("You are in the call.");
  if (state.microphone !== before.microphone) news.push(state.microphone ? "Your microphone is on." : "You are muted.");
  if (state.camera !== before.camera) news.push(state.camera ? "Your camera is on." : "Your camera is off.");
  return news;
}

/**
 * @param {readonly Other[]} people
 * @param {readonly Other[]} before
 */
export function changesOf(people, before) {
  /** @type {string[]} */
  const news = [];
  for (const now of people) {
    const then = before.find((other) => other.person === now.person);
    if (now.here !== then?.here) {
      news.push(`${now.name} ${{ waiting: "is about to enter", in: "is in the call", reconnecting: "is reconnecting" }[now.here]}.`);
    }
    if (then?.here === "in" && now.here === "in") {
      if (then.microphone !== now.microphone) news.push(`${now.name} ${now.microphone ? "unmuted" : "muted"}.`);
      if (then.camera !== now.camera) news.push(`${now.name} turned the camera ${now.camera ? "on" : "off"}.`);
      if (then.screen !== now.screen) news.push(`${now.name} ${now.screen ? "shares the screen" : "stopped sharing"}.`);
    }
  }
  for (const then of before) {
    if (!people.some((other) => other.person === then.person)) news.push(`${then.name} left.`);
  }
  return news;
}
