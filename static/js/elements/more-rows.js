/**
 * <more-rows add="Add a time" name="Add a time on Monday">: rows of a form, with a button that adds an empty one. The
 * empty row that the page has without scripts goes when there are others. `name` is what the button says to those who
 * do not see what it belongs to.
 */
class MoreRows extends HTMLElement {
  connectedCallback() {
    const rows = [...this.children];
    const last = rows[rows.length - 1];
    if (!(last instanceof HTMLElement) || this.querySelector("button")) return;
    const pattern = /** @type {HTMLElement} */ (last.cloneNode(true));
    for (const input of inputsOf(pattern)) {
      input.defaultValue = "";
      input.removeAttribute("id");
    }
    for (const row of rows.slice(1)) if (inputsOf(row).every((input) => input.value === "")) row.remove();
    this.append(button(this.getAttribute("add") ?? "", this.getAttribute("name") ?? "", () => this.#add(pattern)));
  }

  /** @param {HTMLElement} pattern */
  #add(pattern) {
    const row = /** @type {HTMLElement} */ (pattern.cloneNode(true));
    this.lastElementChild?.before(row);
    inputsOf(row)[0]?.focus();
  }
}

/** @param {Element} row */
function inputsOf(row) {
  return [...row.querySelectorAll("input")];
}

/**
 * @param {string} text
 * @param {string} name
 * @param {() => void} press
 */
function button(text, name, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "quiet";
  made.textContent = text;
  made.setAttribute("aria-label", name);
  made.addEventListener("click", press);
  return made;
}

customElements.define("more-rows", MoreRows);
