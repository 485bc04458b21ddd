/** Elements that scripts change. */

/**
 * Changes a text only when it is another one, so that it is read out once.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
