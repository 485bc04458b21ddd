/**
 * <tick-all name="pair" tick="Tick all on this page" clear="Tick none">: a button that ticks all boxes of this name in
 * its form, or none where all are ticked.
 */
class TickAll extends HTMLElement {
  connectedCallback() {
    const form = this.closest("form");
    if (!form || this.firstChild) return;
    const all = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input[type=checkbox]"));
    const boxes = [...all].filter((each) => each.name === this.getAttribute("name"));
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    const areTicked = () => boxes.every((each) => each.checked);
    const say = () => (button.textContent = this.getAttribute(areTicked() ? "clear" : "tick"));
    button.addEventListener("click", () => {
      const tick = !areTicked();
      for (const each of boxes) each.checked = tick;
      say();
    });
    form.addEventListener("change", say);
    say();
    this.append(button);
  }
}

customElements.define("tick-all", TickAll);
