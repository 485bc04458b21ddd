/** What is wrong with the connection, in a sentence that says what to do when it lasts. */

import { gettext } from "../lib/texts.js";

/** @typedef {import("./state.js").CallState} CallState */

const EVERY = 1000;
/** After so many ms, waiting alone does not help. */
const LONG = 20_000;

const MOMENT = gettext("Reconnecting… just a moment.");
const BLOCKED = gettext(
  "This network does not let the call through. Try another network, such as mobile data, or another device.",
);
const AWAY = gettext("We cannot reach Fireside. Check your internet connection; we keep trying.");
const NO_MEDIA = gettext("Sound and picture do not get through this network. Try another network, such as mobile data.");

/**
 * @param {import("../lib/store.js").Store<CallState>} store
 * @param {HTMLElement} element
 */
export function showBanner(store, element) {
  let since = performance.now();
  const look = () => {
    const { state } = store;
    if (!isCutOff(state)) since = performance.now();
    const text = sentence(state, performance.now() - since);
    if (element.textContent !== text) element.textContent = text;
  };
  store.watch(look);
  setInterval(look, EVERY);
}

/**
 * Whether we have lost the server, or our sound and picture.
 * @param {CallState} state
 */
export function isCutOff({ phase, lost, media, stalled }) {
  return phase !== "left" && (lost || (phase === "in" && (!media || stalled)));
}

/**
 * @param {CallState} state
 * @param {number} lasted ms
 */
function sentence(state, lasted) {
  if (!isCutOff(state)) return "";
  if (state.blocked) return BLOCKED;
  if (lasted < LONG) return MOMENT;
  return state.lost ? AWAY : NO_MEDIA;
}
