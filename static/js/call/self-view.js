/** One's own picture in the call: it stands in a corner, can be moved to another by hand or by a button, and be hidden. */

import { find } from "../lib/dom.js";
import { keep, kept } from "../lib/kept.js";
import { gettext } from "../lib/texts.js";

const KEPT = "fireside-self-view";
/** By x and y: 'end' is where a line of the language ends. */
const CORNERS = ["bottom-end", "bottom-start", "top-start", "top-end"];
/** A pointer that moves less only touches. */
const STEADY = 8;

/** @param {HTMLElement} page */
export function offerSelfView(page) {
  const self = find(".self", HTMLElement, page);
  const hide = find("#self-hide", HTMLButtonElement);
  const move = find("#self-move", HTMLButtonElement);
  let [corner, shown] = kept(KEPT).split(" ");
  if (!CORNERS.includes(corner)) corner = CORNERS[0];

  const draw = () => {
    self.dataset.corner = corner;
    self.dataset.shown = shown === "hidden" ? "false" : "true";
    const label = shown === "hidden" ? gettext("Show your own picture") : gettext("Hide your own picture");
    hide.setAttribute("aria-label", label);
    hide.title = label;
    hide.setAttribute("aria-expanded", self.dataset.shown);
    keep(KEPT, `${corner} ${shown}`);
  };
  hide.onclick = () => {
    shown = shown === "hidden" ? "shown" : "hidden";
    draw();
  };
  move.onclick = () => {
    corner = CORNERS[(CORNERS.indexOf(corner) + 1) % CORNERS.length];
    draw();
  };

  /** @type {{x: number, y: number}|null} */
  let from = null;
  self.addEventListener("pointerdown", (event) => {
    const held = page.dataset.phase === "in" && event.button === 0 && !(event.target instanceof Element && event.target.closest("button"));
    if (!held) return;
    from = { x: event.clientX, y: event.clientY };
    self.setPointerCapture(event.pointerId);
  });
  self.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (from) self.style.translate = `${clientX - from.x}px ${clientY - from.y}px`;
  });
  for (const event of ["pointerup", "pointercancel"]) {
    self.addEventListener(event, (ended) => {
      const { clientX: x, clientY: y } = /** @type {PointerEvent} */ (ended);
      const moved = from && Math.hypot(x - from.x, y - from.y) > STEADY;
      from = null;
      self.style.translate = "";
      if (!moved || event === "pointercancel") return;
      const stage = page.getBoundingClientRect();
      const left = x < stage.left + stage.width / 2;
      const start = left === (getComputedStyle(page).direction === "ltr");
      corner = `${y < stage.top + stage.height / 2 ? "top" : "bottom"}-${start ? "start" : "end"}`;
      draw();
    });
  }
  draw();
}
