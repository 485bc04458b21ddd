/**
 * <live-part src="/admin/live/events" event="live">: shows the part of a page that the server pushes, in place of the one
 * before. What has the keyboard's focus keeps it, by its id.
 */

import { listen } from "../lib/events.js";

class LivePart extends HTMLElement {
  #stop = () => {};

  connectedCallback() {
    this.#stop = listen(this.getAttribute("src") ?? "", this.getAttribute("event") ?? "", (text) => this.#show(text));
  }

  disconnectedCallback() {
    this.#stop();
  }

  /** @param {string} text */
  #show(text) {
    const told = new DOMParser().parseFromString(text, "text/html").body;
    const focused = this.contains(document.activeElement) ? document.activeElement?.id : "";
    this.replaceChildren(...told.childNodes);
    if (focused) document.getElementById(focused)?.focus();
  }
}

customElements.define("live-part", LivePart);
