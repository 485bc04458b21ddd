/**
 * <more-rows add="Add a time" name="Add a time: Monday">: rows of a form, with a button that adds an empty one below
 * the last that is filled in. The empty rows that the page has without scripts go, but for the first. `name` is what
 * the button says to those who do not see what it belongs to.
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
    for (const row of rows.slice(1)) if (isEmpty(row)) row.remove();
    const more = button(this.getAttribute("add") ?? "", this.getAttribute("name") ?? "");
    const offer = () => {
      const above = more.previousElementSibling;
      more.hidden = above !== null && isEmpty(above);
    };
    more.addEventListener("click", () => {
      const row = /** @type {HTMLElement} */ (pattern.cloneNode(true));
      more.before(row);
      inputsOf(row)[0]?.focus();
      offer();
    });
    this.addEventListener("input", offer);
    this.append(more);
    offer();
  }
}

/** @param {Element} row */
function inputsOf(row) {
  return [...row.querySelectorAll("input")];
}

/** @param {Element} row */
function isEmpty(row) {
  return inputsOf(row).every((input) => input.value === "");
}

/**
 * @param {string} text
 * @param {string} name
 */
function button(text, name) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "quiet";
  made.textContent = text;
  made.setAttribute("aria-label", name);
  return made;
}

customElements.define("more-rows", MoreRows);
