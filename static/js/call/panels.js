/** The panels beside the stage, such as the chat: one at a time, each opened and closed by its button in the bar. */

import { find } from "../lib/dom.js";

/**
 * @typedef {object} Panel
 * @property {HTMLButtonElement} button
 * @property {HTMLElement} panel
 * @property {(open: boolean) => void} changed
 */

export class Panels {
  /** @type {Panel|null} */ #open = null;

  /** @param {HTMLElement} page its data-panel says which one is open */
  constructor(page) {
    this.page = page;
    page.addEventListener("keydown", (event) => {
      const inside = event.target instanceof Element && event.target.closest(".panel");
      if (event.key === "Escape" && !event.isComposing && inside) this.close();
    });
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {HTMLElement} panel has a button .close
   * @param {(open: boolean) => void} [changed]
   * @returns {Panel}
   */
  add(button, panel, changed = () => {}) {
    const added = { button, panel, changed };
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", panel.id);
    button.onclick = () => this.toggle(added);
    find(".close", HTMLButtonElement, panel).onclick = () => this.close();
    return added;
  }

  /** @param {Panel} panel */
  toggle(panel) {
    const opens = this.#open !== panel;
    this.close();
    if (opens) this.#set(panel, true);
  }

  close() {
    if (!this.#open) return;
    const { button, panel } = this.#open;
    const focused = panel.contains(document.activeElement);
    this.#set(this.#open, false);
    // A button that lies in a closed menu cannot take the focus.
    if (focused) (button.offsetParent ? button : find("#mute", HTMLButtonElement)).focus();
  }

  /**
   * @param {Panel} changed
   * @param {boolean} open
   */
  #set(changed, open) {
    this.#open = open ? changed : null;
    changed.panel.hidden = !open;
    changed.button.setAttribute("aria-expanded", String(open));
    this.page.dataset.panel = open ? changed.panel.id : "";
    changed.changed(open);
  }
}
