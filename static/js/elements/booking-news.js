/**
 * <booking-news src="/bookings/7/events">: shows the news of a catch-up that the server pushes. When the state of the
 * catch-up has changed (called off, moved, open now), it reloads the page; with the attribute `stay` it only shows the
 * news.
 */

import { listen } from "../lib/events.js";

/** How long the browser may take to leave the page, in ms. */
const LEAVING = 10_000;
let leftAt = -LEAVING;

// A form that was sent changes what the page shows, and leads on by itself: loading the page again would stop it.
addEventListener("beforeunload", () => (leftAt = performance.now()));

class BookingNews extends HTMLElement {
  #stop = () => {};
  #told = "";

  connectedCallback() {
    this.#stop = listen(this.#address, "news", (text) => {
      this.#told = text;
      this.#tell();
    });
  }

  disconnectedCallback() {
    this.#stop();
  }

  get #address() {
    return this.getAttribute("src") ?? "";
  }

  #tell() {
    const told = new DOMParser().parseFromString(this.#told, "text/html").querySelector(".news");
    const list = /** @type {HTMLElement|null} */ (this.querySelector(".news"));
    if (!(told instanceof HTMLElement)) return;
    if (!list) return this.append(told);
    update(list, told);
    if (list.dataset.stands === told.dataset.stands || this.hasAttribute("stay")) return;
    const wait = leftAt + LEAVING - performance.now();
    if (wait > 0) setTimeout(() => this.#tell(), wait);
    else if (!isTyping()) location.replace(this.#address.replace(/\/events$/, ""));
  }
}

/**
 * Leaves what was said before in its place, so that only what is new is said aloud.
 * @param {HTMLElement} list
 * @param {HTMLElement} told
 */
function update(list, told) {
  const said = [...list.children];
  const says = [...told.children];
  for (const line of said) if (!says.some((other) => other.isEqualNode(line))) line.remove();
  for (const line of says) if (!said.some((other) => other.isEqualNode(line))) list.append(line);
}

/** Whether somebody has begun to write what would be lost. */
function isTyping() {
  const fields = /** @type {NodeListOf<HTMLInputElement|HTMLTextAreaElement>} */ (document.querySelectorAll("input, textarea"));
  return [...fields].some((field) => field.value !== field.defaultValue);
}

customElements.define("booking-news", BookingNews);
