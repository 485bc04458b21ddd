/** When the other comes: a sound, and a title that says so while another tab is in front. */

import { gettext } from "../lib/texts.js";
import { welcome } from "./tones.js";

const BLINK = 1000;

/** @param {import("../lib/store.js").Store<import("./state.js").CallState>} store */
export function welcomeOthers(store) {
  const title = document.title;
  let blinking = 0;
  const stop = () => {
    clearInterval(blinking);
    blinking = 0;
    document.title = title;
  };
  document.addEventListener("visibilitychange", () => document.hidden || stop());

  store.watch((state, before) => {
    if (state.phase === "left") return stop();
    const came = state.people.find((now) => now.here === "in" && !before.people.some((then) => then.person === now.person && then.here !== "waiting"));
    if (!came || state.people === before.people || before.phase !== state.phase) return;
    welcome();
    if (!document.hidden || blinking) return;
    const news = gettext("%(name)s is here", { name: came.name });
    document.title = news;
    blinking = setInterval(() => (document.title = document.title === news ? title : news), BLINK);
  });
}
