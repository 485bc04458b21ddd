/** What a chat message holds: the server hands it on as it is. Pure. */

/** Encrypted and in base64, it must still fit into the 48 KiB that the protocol allows. */
export const MOST_CHARACTERS = 36_000;
export const LONGEST_TEXT = 4000;

/** @typedef {{text: string, picture: string}} Content `picture` is a data URL, or '' */

const PICTURE = /^data:image\/(jpeg|png|webp);base64,[A-Za-z0-9+/]+=*$/;
const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;

/** @param {Content} content */
export function write({ text, picture }) {
  return JSON.stringify(picture ? { text, picture } : { text });
}

/** Whether it is encrypted (static/js/encryption/chat-cipher.js). @param {string} content */
export function isSealed(content) {
  return content.startsWith('{"key":');
}

/**
 * Anything that is no message is read as an empty one.
 * @param {string} content
 * @returns {Content}
 */
export function read(content) {
  /** @type {any} */
  let said;
  try {
    said = JSON.parse(content);
  } catch {
    return { text: "", picture: "" };
  }
  const text = typeof said?.text === "string" ? said.text.slice(0, LONGEST_TEXT) : "";
  const picture = typeof said?.picture === "string" && PICTURE.test(said.picture) ? said.picture : "";
  return { text, picture };
}

/**
 * The text in parts, of which every second one is a link.
 * @param {string} text
 * @returns {string[]}
 */
export function parts(text) {
  const found = [];
  let at = 0;
  for (const { 0: link, index } of text.matchAll(LINK)) {
    found.push(text.slice(at, index), link);
    at = index + link.length;
  }
  return [...found, text.slice(at)];
}
