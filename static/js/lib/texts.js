/** What the scripts say, in the page's language: its template brings their texts along in #texts. */

/** @type {Record<string, string>} */
const texts = JSON.parse(document.querySelector("#texts")?.textContent ?? "{}");

/**
 * @param {string} text in English, as it stands in the source
 * @param {Record<string, string|number>} [values] of its %(placeholders)s
 */
export function gettext(text, values = {}) {
  return (texts[text] ?? text).replace(/%\((\w+)\)s/g, (_, name) => String(values[name]));
}
