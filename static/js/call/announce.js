/** Says aloud, to those who listen to the page, who came, went, muted, raised a hand, wrote or asks for the phone. */

import { gettext } from "../lib/texts.js";
import { isOn, sayUnreadable, sentence } from "./encryption-panel.js";

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
    // Who leaves sees nobody any more, but nobody else left.
    const others = state.phase === "left" ? [] : changesOf(state.people, before.people);
    const news = [...others, ...ownChanges(state, before), ...chatted(state, before)];
    if (news.length) region.textContent = news.join(" ");
  });
}

/**
 * @param {CallState} state
 * @param {CallState} before
 */
function ownChanges(state, before) {
  const news = [];
  if (state.phase === "in" && before.phase === "entering") news.push(gettext("You are in the call."));
  if (state.microphone !== before.microphone) {
    news.push(state.microphone ? gettext("Your microphone is on.") : gettext("You are muted."));
  }
  if (state.camera !== before.camera) {
    news.push(state.camera ? gettext("Your camera is on.") : gettext("Your camera is off."));
  }
  const inCall = state.phase === "in";
  if (inCall && isOn(state.encryption) !== isOn(before.encryption)) news.push(sentence(state.encryption));
  for (const { person, sound } of inCall ? state.unreadable : []) {
    const other = state.people.find((each) => each.person === person);
    if (other && state.unreadable !== before.unreadable) news.push(sayUnreadable(other.name, sound));
  }
  if (state.hand !== before.hand) news.push(state.hand ? gettext("Your hand is raised.") : gettext("Your hand is lowered."));
  if (state.speakingOff && !before.speakingOff) news.push(gettext("Speaking times are off for everybody in this call."));
  if (state.soundOnly !== before.soundOnly) {
    news.push(state.soundOnly ? gettext("Sound only: pictures are off.") : gettext("Pictures are on again."));
  }
  return news;
}

/**
 * What others wrote.
 * @param {CallState} state
 * @param {CallState} before
 */
function chatted(state, before) {
  const fresh = state.chat.filter((line) => line.name && !before.chat.includes(line));
  return fresh.map(({ name, text }) =>
    text ? gettext("%(name)s wrote: %(text)s", { name, text }) : gettext("%(name)s sent a picture.", { name }),
  );
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
    if (now.here !== then?.here) news.push(whereabouts(now));
    if (now.phone && !then?.phone) news.push(gettext("%(name)s would like to go on by phone.", { name: now.name }));
    if (then?.here === "in" && now.here === "in") news.push(...switches(now, then));
  }
  for (const then of before) {
    if (!people.some((other) => other.person === then.person)) news.push(gettext("%(name)s left.", { name: then.name }));
  }
  return news;
}

/**
 * What somebody switched on or off.
 * @param {Other} now
 * @param {Other} then
 */
function switches(now, then) {
  const { name } = now;
  const news = [];
  if (then.microphone !== now.microphone) {
    news.push(now.microphone ? gettext("%(name)s unmuted.", { name }) : gettext("%(name)s muted.", { name }));
  }
  if (then.camera !== now.camera) {
    news.push(
      now.camera ? gettext("%(name)s turned the camera on.", { name }) : gettext("%(name)s turned the camera off.", { name }),
    );
  }
  if (then.hand !== now.hand) {
    news.push(now.hand ? gettext("%(name)s raised a hand.", { name }) : gettext("%(name)s lowered the hand.", { name }));
  }
  if (then.sound_only !== now.sound_only) {
    news.push(
      now.sound_only ? gettext("%(name)s gets sound only.", { name }) : gettext("%(name)s gets pictures again.", { name }),
    );
  }
  if (then.screen !== now.screen) {
    news.push(now.screen ? gettext("%(name)s is sharing their screen.", { name }) : gettext("%(name)s stopped sharing.", { name }));
  }
  return news;
}

/** @param {Other} other */
export function whereabouts({ name, here }) {
  return {
    waiting: gettext("%(name)s is about to enter.", { name }),
    in: gettext("%(name)s is in the call.", { name }),
    reconnecting: gettext("%(name)s is reconnecting.", { name }),
  }[here];
}
