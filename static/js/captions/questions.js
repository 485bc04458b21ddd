/** The question to who speaks, and then the notice that somebody reads what they say, with a button that ends it. */

import { find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";
import { make } from "../room/elements.js";
import { write } from "./elements.js";

/** @typedef {{card: HTMLElement, says: HTMLElement, yes: HTMLButtonElement, no: HTMLButtonElement}} Card */

export class Questions {
  /** @type {Map<string, Card>} */ #cards = new Map();

  /** @param {import("./captions.js").Captions} captions */
  constructor(captions) {
    this.captions = captions;
    this.place = make("div", { className: "captions-asked" });
    find("#sound-only-hint", HTMLElement).before(this.place);
  }

  draw() {
    const { others, consent } = this.captions;
    const asking = others.filter(({ person }) => consent.isAskedBy(person) && consent.answers[person] !== "no");
    for (const [person, { card }] of this.#cards) {
      if (!asking.some((other) => other.person === person)) this.#hide(card);
    }
    for (const { person, name } of asking) {
      const { card, says, yes, no } = this.#cards.get(person) ?? this.#add(person);
      const allowed = consent.answers[person] === "yes";
      card.hidden = false;
      card.dataset.allowed = String(allowed);
      write(
        says,
        allowed
          ? gettext("%(name)s reads captions of what you say.", { name })
          : gettext("%(name)s would like captions of what you say. They are made in %(name)s's browser, and are not stored.", { name }),
      );
      if (allowed && document.activeElement === yes) no.focus();
      yes.hidden = allowed;
      write(no, allowed ? gettext("Stop captions") : gettext("No"));
    }
  }

  /** @param {HTMLElement} card */
  #hide(card) {
    if (card.contains(document.activeElement)) find("#mute", HTMLButtonElement).focus();
    card.hidden = true;
  }

  /** @param {string} person @returns {Card} */
  #add(person) {
    const says = make("p", { role: "status" });
    const yes = make("button", { type: "button", textContent: gettext("Allow") });
    const no = make("button", { type: "button", className: "second" });
    yes.onclick = () => this.captions.answer(person, "yes");
    no.onclick = () => this.captions.answer(person, "no");
    const card = make("div", { className: "captions-card" }, says, make("p", { className: "actions" }, yes, no));
    const added = { card, says, yes, no };
    this.place.append(card);
    this.#cards.set(person, added);
    return added;
  }
}
