import { fieldsOf } from "../lib/dom.js";

/**
 * <zone-question zone="Europe/Stockholm" known later>: asks whether to show times in the browser's zone, where the
 * clocks say another time than in the zone that they are shown in. Refused once, it is not asked for that zone again in
 * this browser. Without `known` nobody has said yet where the reader is: then the browser's zone is kept unasked. A zone
 * with the clock of UTC is not, because browsers that hide where they are show one. With `later` nothing is asked on this
 * page, because it asks something else.
 */
class ZoneQuestion extends HTMLElement {
  connectedCallback() {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const form = this.querySelector("form");
    const field = form?.querySelector('input[name="zone"]');
    if (!here || hasNoPlace(here) || here === recall() || !form || !(field instanceof HTMLInputElement)) return;
    field.value = here;
    const same = sameClock(here, this.getAttribute("zone") ?? "UTC");
    if (!this.hasAttribute("known") && !sameClock(here, "UTC")) keep(form, here, same);
    else if (!same && !this.hasAttribute("later")) this.#ask(here);
  }

  /** @param {string} here */
  #ask(here) {
    const city = this.querySelector("bdi");
    if (city) city.textContent = here.split("/").slice(-1)[0].replaceAll("_", " ");
    this.querySelector('button[type="button"]')?.addEventListener("click", () => {
      remember(here);
      this.hidden = true;
      document.getElementById("main")?.focus();
    });
    this.hidden = false;
  }
}

/**
 * Keeps the zone, and shows the page's times in it unless the reader has begun to do something there.
 * @param {HTMLFormElement} form
 * @param {string} here
 * @param {boolean} same
 */
async function keep(form, here, same) {
  let touched = false;
  for (const sign of ["pointerdown", "keydown", "input", "submit"]) {
    document.addEventListener(sign, () => (touched = true), { capture: true, once: true });
  }
  const body = fieldsOf(form);
  body.set("first", "1");
  const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
  // Kept is answered by sending on; a zone that the server does not know is not offered to it again.
  if (answer && answer.type !== "opaqueredirect") remember(here);
  else if (answer && !same && !touched) location.reload();
}

/**
 * Whether the zone names no place: UTC, GMT, Etc/UTC. Nobody has said where they are with it.
 * @param {string} zone
 */
function hasNoPlace(zone) {
  return !zone.includes("/") || zone.startsWith("Etc/");
}

const MONTH_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Whether the clocks of both zones say the same through the year to come. Zones that cannot be compared count as such.
 * @param {string} one
 * @param {string} other
 */
function sameClock(one, other) {
  const year = Array.from({ length: 12 }, (_, month) => new Date(Date.now() + month * MONTH_MS));
  try {
    return year.every((at) => clock(at, one) === clock(at, other));
  } catch {
    return true;
  }
}

/**
 * @param {Date} at
 * @param {string} timeZone
 */
function clock(at, timeZone) {
  return at.toLocaleString("en", { timeZone });
}

const REFUSED = "zone-refused";

/** The zone that was refused here last. A browser may forbid to keep anything; then it is asked again. */
function recall() {
  try {
    return localStorage.getItem(REFUSED);
  } catch {
    return null;
  }
}

/** @param {string} zone */
function remember(zone) {
  try {
    localStorage.setItem(REFUSED, zone);
  } catch {
    // As above.
  }
}

customElements.define("zone-question", ZoneQuestion);
