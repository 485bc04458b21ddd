import { LOCALE } from "../lib/clock.js";
import { gettext } from "../lib/texts.js";

/**
 * <local-time datetime="2026-11-24T15:00:00+00:00" zone="Europe/London">: says what time that is where the reader
 * is, when the reader's browser is in another zone than the page's times.
 */
class LocalTime extends HTMLElement {
  connectedCallback() {
    const at = new Date(this.getAttribute("datetime") ?? "");
    const shown = this.getAttribute("zone") ?? "UTC";
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!here || Number.isNaN(at.getTime()) || wallClock(at, here) === wallClock(at, shown)) return;
    this.textContent = gettext(" (%(time)s where you are)", { time: wallClock(at, here) });
  }
}

/**
 * @param {Date} at
 * @param {string} timeZone
 */
function wallClock(at, timeZone) {
  return at.toLocaleString(LOCALE, { timeZone, weekday: "short", hour: "numeric", minute: "2-digit" });
}

customElements.define("local-time", LocalTime);
