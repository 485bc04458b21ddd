import { CAN_USE, canOffer, makePasskey, usePasskey } from "../lib/passkeys.js";

/**
 * <passkey-form options="/sign-in/options.json">: a form that a passkey fills in. `adds`: the form adds a new one; else
 * it signs in, and a field whose autocomplete says `webauthn` offers passkeys too. Hidden until the browser is known to
 * have passkeys; a paragraph `data-without` is shown where it has none, `data-failed` when the browser refused.
 */
class PasskeyForm extends HTMLElement {
  #waiting = new AbortController();

  connectedCallback() {
    const form = this.querySelector("form");
    if (!form) return;
    this.#show(CAN_USE ? "form" : "[data-without]");
    if (!CAN_USE) return;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#waiting.abort();
      this.#ask(form, "optional");
    });
    if (!this.hasAttribute("adds")) this.#offer(form);
  }

  /** @param {HTMLFormElement} form */
  async #offer(form) {
    if (await canOffer()) this.#ask(form, "conditional");
  }

  /**
   * @param {HTMLFormElement} form
   * @param {CredentialMediationRequirement} mediation
   */
  async #ask(form, mediation) {
    const address = this.getAttribute("options") ?? "";
    this.#waiting = new AbortController();
    try {
      const answer = this.hasAttribute("adds")
        ? await makePasskey(address)
        : await usePasskey(address, this.#waiting.signal, mediation);
      const field = form.elements.namedItem("credential");
      if (field instanceof HTMLInputElement) field.value = answer;
      form.submit();
    } catch {
      // Who lets the browser's question go unanswered, or closes it, is told how to go on; an offer was no question.
      if (mediation !== "conditional") this.#show("[data-failed]");
    }
  }

  /** @param {string} selector */
  #show(selector) {
    const found = this.querySelector(selector);
    if (found instanceof HTMLElement) found.hidden = false;
  }
}

customElements.define("passkey-form", PasskeyForm);
