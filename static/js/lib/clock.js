/** Times of day in the zones of people, as the page's own times are written (server/i18n/dates.py). */

const spoken = document.documentElement.lang;
export const LOCALE = spoken === "en" ? "en-GB" : `${spoken}-u-nu-latn`;
const DAY_MS = 86_400_000;

/**
 * What time that is: 15:00
 * @param {Date} at
 * @param {string} timeZone
 */
export function clock(at, timeZone) {
  return at.toLocaleTimeString(LOCALE, { timeZone, timeStyle: "short" });
}

/**
 * Tuesday
 * @param {Date} at
 * @param {string} timeZone
 */
export function weekday(at, timeZone) {
  return at.toLocaleDateString(LOCALE, { timeZone, weekday: "long" });
}

/**
 * When it is that time there, as a field for a local time has it (2026-11-24T16:00): the first time where it comes
 * twice, null where the clocks skip it.
 * @param {string} typed
 * @param {string} timeZone
 */
export function momentIn(typed, timeZone) {
  const wall = Date.parse(`${typed}Z`);
  if (Number.isNaN(wall)) return null;
  // The clocks change at most once between the day before and the day after.
  const found = [wall - DAY_MS, wall + DAY_MS]
    .map((near) => wall - ahead(near, timeZone))
    .filter((at) => at + ahead(at, timeZone) === wall);
  return found.length ? new Date(Math.min(...found)) : null;
}

/**
 * By how much the clocks there are ahead of UTC, in milliseconds.
 * @param {number} at
 * @param {string} timeZone
 */
function ahead(at, timeZone) {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", ...FIELDS });
  /** @type {Record<string, number>} */
  const parts = {};
  for (const { type, value } of format.formatToParts(at)) parts[type] = Number(value);
  const { year, month, day, hour, minute, second } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

/** @type {Intl.DateTimeFormatOptions} */
const FIELDS = {
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
};
