/** The panels in the call, opened by their buttons; one at a time. Escape closes it. */

import { find } from "../lib/dom.js";

const NAMES = /** @type {const} */ (["agenda", "notes"]);

/**
 * @param {() => void} opened
 * @returns {(panel: "agenda"|"notes") => void} to call when there is something new in a panel
 */
export function connectPanels(opened) {
  const page = find("[data-call]", HTMLElement);
  const panels = NAMES.map((name) => ({
    name,
    button: find(`#${name}-button`, HTMLButtonElement),
    panel: find(`#${name}`, HTMLElement),
  }));

  /** @param {string} open the name of the one that is open, if one is */
  const show = (open) => {
    for (const { name, button, panel } of panels) {
      panel.hidden = name !== open;
      button.setAttribute("aria-expanded", String(name === open));
      if (name === open) delete button.dataset.news;
    }
    page.dataset.panel = open;
    if (open) opened();
  };

  for (const { name, button, panel } of panels) {
    const close = () => {
      show("");
      button.focus();
    };
    button.onclick = () => {
      if (!panel.hidden) return close();
      show(name);
      find("h2", HTMLElement, panel).focus();
    };
    find("[data-close]", HTMLButtonElement, panel).onclick = close;
    panel.addEventListener("keydown", (event) => void (event.key === "Escape" && !event.isComposing && close()));
  }
  return (name) => {
    const found = panels.find((each) => each.name === name);
    if (found?.panel.hidden) found.button.dataset.news = "true";
  };
}
