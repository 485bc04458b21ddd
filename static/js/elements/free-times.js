/**
 * <free-times>: times to choose by a click, each a checkbox that would be sent with the form. With this script a
 * checked one stands in the next empty time field of the form instead, and is checked as long as it stands there.
 * Only those at which there is time for the chosen length are shown.
 */
class FreeTimes extends HTMLElement {
  connectedCallback() {
    const form = this.closest("form");
    if (!form) return;
    for (const box of this.#boxes()) box.removeAttribute("name");
    form.addEventListener("input", (event) => {
      const box = this.#boxes().find((each) => each === event.target);
      if (box) this.#take(box);
      this.#show();
    });
    // What was checked before this script came.
    for (const box of this.#boxes()) if (box.checked) this.#take(box);
    this.#show();
  }

  #boxes() {
    return [...this.querySelectorAll('input[type="checkbox"]')].filter(isInput);
  }

  #fields() {
    return [...(this.closest("form")?.querySelectorAll('input[name="starts"]') ?? [])].filter(isInput);
  }

  /** @param {HTMLInputElement} box */
  #take(box) {
    const wanted = box.checked ? "" : box.value;
    const fields = this.#fields();
    const field = fields.find((each) => each.value === wanted);
    if (!field || (box.checked && fields.some((each) => each.value === box.value))) return;
    field.value = box.checked ? box.value : "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Draws from what stands in the form: which are taken, whether there is room for more, and for which length. */
  #show() {
    const taken = this.#fields().map((field) => field.value);
    for (const box of this.#boxes()) {
      box.checked = taken.includes(box.value);
      box.disabled = !box.checked && !taken.includes("");
    }
    const length = this.closest("form")?.querySelector('select[name="minutes"]');
    if (!(length instanceof HTMLSelectElement)) return;
    for (const time of this.querySelectorAll("[data-longest]")) {
      time.toggleAttribute("hidden", Number(time.getAttribute("data-longest")) < Number(length.value));
    }
  }
}

/**
 * @param {Element} element
 * @returns {element is HTMLInputElement}
 */
function isInput(element) {
  return element instanceof HTMLInputElement;
}

customElements.define("free-times", FreeTimes);
