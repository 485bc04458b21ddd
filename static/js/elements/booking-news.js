/**
 * <booking-news src="/bookings/7/news">: polls for news of a catch-up while it is visible, and shows them. When the state
 * of the catch-up has changed (called off, moved, open now), it reloads the page; with the attribute `stay` it only shows
 * the news. `data-every` of the news is the number of seconds until the next poll.
 */

const AT_FIRST = 10;
const LONGEST = 300;

class BookingNews extends HTMLElement {
  #timer = 0;
  #failures = 0;

  connectedCallback() {
    document.addEventListener("visibilitychange", this.#seen);
    if (this.#list) this.#plan();
    else void this.#ask();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#seen);
    clearTimeout(this.#timer);
  }

  #seen = () => void (document.hidden || this.#ask());

  get #list() {
    return /** @type {HTMLElement|null} */ (this.querySelector(".news"));
  }

  get #address() {
    return this.getAttribute("src") ?? "";
  }

  /** A server that is away is asked less and less often. */
  #plan() {
    clearTimeout(this.#timer);
    const every = Number(this.#list?.dataset.every ?? AT_FIRST);
    const wait = Math.min(every * 2 ** this.#failures, Math.max(every, LONGEST));
    this.#timer = setTimeout(() => void this.#ask(), 1000 * wait * (0.9 + Math.random() / 5));
  }

  async #ask() {
    clearTimeout(this.#timer);
    if (document.hidden) return;
    if (this.checkVisibility()) {
      const answer = await fetch(this.#address, { cache: "no-store" }).catch(() => null);
      // Signed out, or not theirs any more: there is nothing to wait for.
      if (answer?.status === 404) return;
      this.#failures = answer?.ok ? 0 : this.#failures + 1;
      if (answer?.ok) this.#tell(await answer.text());
    }
    if (this.isConnected) this.#plan();
  }

  /** @param {string} text */
  #tell(text) {
    const told = new DOMParser().parseFromString(text, "text/html").querySelector(".news");
    const list = this.#list;
    if (!(told instanceof HTMLElement)) return;
    if (!list) return this.append(told);
    const stands = list.dataset.stands === told.dataset.stands;
    if (!stands && !this.hasAttribute("stay") && !isTyping()) location.replace(this.#address.replace(/\/news$/, ""));
    list.dataset.every = told.dataset.every;
    update(list, told);
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
