import { clock, momentIn, weekday } from "../lib/clock.js";
import { gettext } from "../lib/texts.js";

/**
 * <typed-times zone="Europe/Stockholm" other-zone="Europe/London" name="Sam" agreed='[["…", "…"]]'>: says beside each
 * time that is typed in `zone` which weekday that is and what time for the other, and at once when it runs into one of
 * the catch-ups that are `agreed` (from, until). That is a hint: the time can still be offered.
 */
class TypedTimes extends HTMLElement {
  connectedCallback() {
    this.closest("form")?.addEventListener("input", () => this.#show());
    this.#show();
  }

  #show() {
    for (const field of this.querySelectorAll("input")) {
      const at = field.value ? momentIn(field.value, this.#zone) : null;
      const [told, clash] = [".told > .soft", ".clash"].map((part) => field.closest("div")?.querySelector(part));
      say(told, field.value ? this.#told(at) : "");
      say(clash, at ? this.#clash(at) : "");
    }
  }

  get #zone() {
    return this.getAttribute("zone") ?? "UTC";
  }

  /** @param {Date|null} at */
  #told(at) {
    if (!at) return gettext("This time does not exist: the clocks go forward.");
    const other = this.getAttribute("other-zone") ?? "UTC";
    const [mine, theirs] = [weekday(at, this.#zone), weekday(at, other)];
    if (mine === theirs && clock(at, this.#zone) === clock(at, other)) return mine;
    const time = mine === theirs ? clock(at, other) : gettext("%(day)s, %(clock)s", { day: theirs, clock: clock(at, other) });
    return gettext("%(day)s; %(time)s for %(name)s", { day: mine, time, name: this.getAttribute("name") ?? "" });
  }

  /** @param {Date} at */
  #clash(at) {
    const end = new Date(at.getTime() + this.#minutes * 60_000);
    const taken = this.#agreed.find(([from, until]) => at < until && from < end);
    if (!taken) return "";
    const [from, until] = taken.map((each) => clock(each, this.#zone));
    return gettext("You have another catch-up from %(from)s to %(until)s.", { from, until });
  }

  get #minutes() {
    const length = this.closest("form")?.querySelector('select[name="minutes"]');
    return length instanceof HTMLSelectElement ? Number(length.value) : 0;
  }

  /** @returns {Date[][]} */
  get #agreed() {
    /** @type {string[][]} */
    const spans = JSON.parse(this.getAttribute("agreed") ?? "[]");
    return spans.map((span) => span.map((each) => new Date(each)));
  }
}

/**
 * Changes only what reads differently, so that nothing is announced twice.
 * @param {Element|null|undefined} place
 * @param {string} text
 */
function say(place, text) {
  if (place && place.textContent !== text) place.textContent = text;
}

customElements.define("typed-times", TypedTimes);
