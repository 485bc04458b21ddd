/** How somebody likes captions to look, and what they answered in this call. Kept in this browser only. */

import { keep, kept } from "../lib/kept.js";

const LOOK_KEY = "fireside-captions";
const ANSWERS_KEY = "fireside-captions-answers";

const CHOICES = { size: ["small", "medium", "large"], place: ["over", "below"], contrast: ["dark", "light"] };

/**
 * @typedef {object} Look
 * @property {string} size
 * @property {string} place over the picture's lower edge, or below the pictures
 * @property {string} contrast of the ground
 * @property {boolean} aloud whether a screen reader reads them
 * @property {Record<string, string>} languages that were chosen, by person
 */

/** @returns {Look} */
export function readLook() {
  const found = parsed(LOOK_KEY);
  /** @type {any} */ const look = { aloud: found.aloud === true, languages: {} };
  for (const [name, values] of Object.entries(CHOICES)) {
    look[name] = values.includes(found[name]) ? found[name] : (name === "size" ? "medium" : values[0]);
  }
  for (const [person, language] of Object.entries(found.languages ?? {})) {
    if (typeof language === "string" && /^[A-Za-z0-9-]{2,35}$/.test(language)) look.languages[person] = language;
  }
  return look;
}

/** @param {Look} look */
export function keepLook(look) {
  keep(LOOK_KEY, JSON.stringify(look));
}

/**
 * Of the latest call only.
 * @param {string} call
 * @param {string} me
 * @returns {Record<string, import("./consent.js").Answer>}
 */
export function readAnswers(call, me) {
  const found = parsed(ANSWERS_KEY);
  if (found.call !== call || found.me !== me) return {};
  return Object.fromEntries(Object.entries(found.answers ?? {}).filter(([, answer]) => answer === "yes" || answer === "no"));
}

/**
 * @param {string} call
 * @param {string} me
 * @param {Record<string, string>} answers
 */
export function keepAnswers(call, me, answers) {
  keep(ANSWERS_KEY, JSON.stringify({ call, me, answers }));
}

/** @param {string} key @returns {any} */
function parsed(key) {
  try {
    return JSON.parse(kept(key)) ?? {};
  } catch {
    return {};
  }
}
