/** On narrow screens the buttons that are needed less often stand in a menu above the bar. */

import { find } from "../lib/dom.js";

export function offerMore() {
  const more = find("#more", HTMLButtonElement);
  const rest = find("#rest", HTMLElement);

  /** @param {boolean} open */
  const set = (open) => {
    rest.dataset.open = String(open);
    more.setAttribute("aria-expanded", String(open));
  };
  more.onclick = () => {
    const open = rest.dataset.open !== "true";
    set(open);
    if (open) [...rest.querySelectorAll("button")].find((button) => button.offsetParent)?.focus();
  };
  rest.addEventListener("click", (event) => event.target instanceof Element && event.target.closest("button") && set(false));
  rest.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !more.offsetParent) return;
    set(false);
    more.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    const outside = event.target instanceof Element && !event.target.closest("#rest, #more");
    if (outside) set(false);
  });
}
