/**
 * <message-thread src="/mentorships/3/events">: shows the messages that the server pushes, notes them as read while they
 * are seen, and sends what is written without leaving the page. What is not acknowledged stays in the field.
 */

import { fieldsOf } from "../lib/dom.js";
import { listen } from "../lib/events.js";
import { freshName } from "../lib/fresh-name.js";
import { gettext } from "../lib/texts.js";

class MessageThread extends HTMLElement {
  #stop = () => {};
  #noted = 0;

  connectedCallback() {
    this.#toEnd();
    this.#stop = listen(this.getAttribute("src") ?? "", "thread", (text) => this.#show(text));
    this.#writing?.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send(/** @type {HTMLFormElement} */ (event.target));
    });
    document.addEventListener("visibilitychange", this.#seen);
    this.#seen();
  }

  disconnectedCallback() {
    this.#stop();
    document.removeEventListener("visibilitychange", this.#seen);
  }

  get #writing() {
    return /** @type {HTMLFormElement|null} */ (this.querySelector("form.writing"));
  }

  get #reading() {
    return /** @type {HTMLFormElement|null} */ (this.querySelector("form.reading"));
  }

  get #list() {
    return /** @type {HTMLElement} */ (this.querySelector(".thread"));
  }

  /** @param {string} text */
  #show(text) {
    const told = new DOMParser().parseFromString(text, "text/html").querySelector(".thread");
    if (!(told instanceof HTMLElement)) return;
    const had = this.#list.dataset.newest;
    keepNew(this.#list, told);
    update(this.#list, told);
    Object.assign(this.#list.dataset, { newest: told.dataset.newest, unread: told.dataset.unread });
    if (had !== told.dataset.newest) this.#toEnd();
    this.#seen();
  }

  #toEnd() {
    const shown = this.querySelector(".shown");
    if (shown) shown.scrollTop = shown.scrollHeight;
  }

  /** Notes as read what is shown while somebody can see it. */
  #seen = () => {
    const form = this.#reading;
    const newest = Number(this.#list.dataset.newest);
    if (!form) return;
    form.hidden = true;
    if (document.hidden || newest <= this.#noted || this.#list.dataset.unread === "0") return;
    this.#noted = newest;
    /** @type {HTMLInputElement} */ (form.elements.namedItem("up_to")).value = String(newest);
    fetch(form.action, { method: "POST", body: fieldsOf(form), redirect: "manual", keepalive: true }).catch(() => (this.#noted = 0));
  };

  /** @param {HTMLFormElement} form */
  async #send(form) {
    const says = /** @type {HTMLElement} */ (form.querySelector(".said-of-sending"));
    const text = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
    const button = /** @type {HTMLButtonElement} */ (form.querySelector(".actions button"));
    if (button.disabled) return;
    button.disabled = true;
    says.textContent = "";
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
      if (answer.type === "opaqueredirect") {
        form.reset();
        text.value = "";
        /** @type {HTMLInputElement} */ (form.elements.namedItem("form")).value = freshName();
      } else says.textContent = reason(await answer.text());
    } catch {
      says.textContent = gettext("This could not be sent yet. It stays here; please try again in a moment.");
    }
    button.disabled = false;
    text.focus();
  }
}

/**
 * Leaves what was shown before in its place, so that only what is new is said aloud.
 * @param {HTMLElement} list
 * @param {HTMLElement} told
 */
function update(list, told) {
  const before = new Map(rowsOf(list).map((row) => [row.dataset.key, row]));
  const kept = rowsOf(told).map((row) => {
    const shown = before.get(row.dataset.key);
    return shown?.isEqualNode(row) ? shown : row;
  });
  for (const row of before.values()) if (!kept.includes(row)) row.remove();
  kept.forEach((row, place) => {
    if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
  });
}

/**
 * What was new when the page was opened stays marked, also once it is noted as read.
 * @param {HTMLElement} list
 * @param {HTMLElement} told
 */
function keepNew(list, told) {
  const mark = list.querySelector(".new");
  const next = mark?.nextElementSibling;
  if (!mark || !(next instanceof HTMLElement)) return;
  const same = rowsOf(told).find((row) => row.dataset.key === next.dataset.key);
  told.querySelector(".new")?.remove();
  same?.before(mark.cloneNode(true));
}

/** @param {HTMLElement} list */
function rowsOf(list) {
  return /** @type {HTMLElement[]} */ ([...list.children]);
}

/**
 * What the page that refuses says.
 * @param {string} text
 */
function reason(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  return (page.querySelector(".trouble, main p")?.textContent ?? "").trim();
}

customElements.define("message-thread", MessageThread);
