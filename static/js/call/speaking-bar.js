/**
 * How the speaking time was shared, for oneself alone to see: a quiet bar without a number, in which one's own part comes
 * first. Each person turns it off for everybody.
 */

import { find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";

/** Before so many seconds were spoken, a share says nothing. */
const ENOUGH = 10;

/** @typedef {{person: string, recent: number, total: number}} Spoken */

/** @param {import("./call.js").Call} call */
export function showSpeaking(call) {
  const { store, config } = call;
  const box = find("#speaking", HTMLElement);
  const bar = find("#speaking-bar", HTMLElement);
  call.hearing.speaking = ({ on, people }) => store.set({ speakingOff: !on, spoken: people });
  find("#speaking-off", HTMLButtonElement).onclick = () => {
    call.signaling.send({ type: "speaking_off" });
    find("#mute", HTMLButtonElement).focus();
  };
  store.watch(({ phase, spoken }, before) => {
    const enough = spoken.reduce((sum, each) => sum + each.total, 0) >= ENOUGH;
    box.hidden = phase !== "in" || !enough;
    if (spoken === before.spoken && phase === before.phase) return;
    const recent = share(spoken, config.me.person, "recent");
    bar.style.setProperty("--own", `${recent}%`);
    bar.setAttribute(
      "aria-label",
      gettext("You spoke for %(recent)s percent of the talk in the last ten minutes, and for %(total)s percent of all of it.", {
        recent,
        total: share(spoken, config.me.person, "total"),
      }),
    );
  });
}

/**
 * Which part of what was spoken was one's own, in percent.
 * @param {readonly Spoken[]} spoken
 * @param {string} person
 * @param {"recent"|"total"} when
 */
export function share(spoken, person, when) {
  const all = spoken.reduce((sum, each) => sum + each[when], 0);
  const own = spoken.find((each) => each.person === person)?.[when] ?? 0;
  return all ? Math.round((100 * own) / all) : 0;
}
