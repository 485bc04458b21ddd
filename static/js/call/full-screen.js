/** The call alone on the screen, in browsers that can. */

import { find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";

/**
 * @param {HTMLElement} page
 * @returns {() => void} turns it on or off
 */
export function offerFullScreen(page) {
  const button = find("#full-screen", HTMLButtonElement);
  button.hidden = !document.fullscreenEnabled;
  const toggle = () => {
    if (button.hidden) return;
    // Refused: the page stays as it is.
    const done = document.fullscreenElement ? document.exitFullscreen() : page.requestFullscreen();
    void done.catch(() => {});
  };
  const draw = () => {
    const on = document.fullscreenElement !== null;
    const label = on ? gettext("Leave full screen") : gettext("Full screen");
    button.setAttribute("aria-label", label);
    button.title = label;
  };
  button.onclick = toggle;
  document.addEventListener("fullscreenchange", draw);
  draw();
  return toggle;
}
