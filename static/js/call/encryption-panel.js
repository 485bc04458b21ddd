/** 'Encryption' in the settings: which state it is in, and the pictures that two people compare aloud. */

import { Encryption } from "../encryption/encryption.js";
import { find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";

/** @typedef {import("./call.js").Call} Call */
/** @typedef {import("./state.js").CallState} CallState */

const STATES = {
  waiting: gettext("The two browsers are agreeing on keys…"),
  new: gettext("On, not checked"),
  same: gettext("On, the same device as last time"),
  checked: gettext("On and checked"),
};

/**
 * Begins the encryption, without which no connection is made and no chat is read, and shows its state.
 * @param {Call} call
 */
export function offerEncryption(call) {
  const encryption = new Encryption(call);
  call.encryption = encryption;
  const state = find("#encryption-state", HTMLElement);
  const list = find("#encryption-people", HTMLElement);
  const template = find("#encryption-person", HTMLTemplateElement);
  let turns = 0;
  call.store.watch(async ({ encryption: now }, before) => {
    if (now === before.encryption && turns) return;
    turns += 1;
    const turn = turns;
    state.textContent = sentence(now);
    const people = isOn(now) ? now.people : [];
    if (!people.length) return list.replaceChildren();
    const { PICTURES } = await import("../encryption/pictures.js");
    if (turn !== turns) return;
    const rows = people.map((each) => {
      const row = /** @type {HTMLElement} */ (find("li", HTMLElement, /** @type {any} */ (template.content)).cloneNode(true));
      find(".encryption-of", HTMLElement, row).textContent = `${each.name}: ${STATES[each.state]}`;
      row.dataset.state = each.state;
      const pictures = each.pictures.map((number) => {
        const item = document.createElement("li");
        const [emoji, name] = PICTURES[number] ?? ["", ""];
        const drawn = Object.assign(document.createElement("span"), { textContent: emoji, className: "emoji" });
        drawn.setAttribute("aria-hidden", "true");
        item.append(drawn, name);
        return item;
      });
      find(".safety-words", HTMLElement, row).replaceChildren(...pictures);
      find(".compare", HTMLElement, row).hidden = !pictures.length;
      const same = find("button", HTMLButtonElement, row);
      same.hidden = each.state === "checked" || !pictures.length;
      same.onclick = () => void encryption.check(each.person);
      return row;
    });
    list.replaceChildren(...rows);
  });
}

/** @param {CallState["encryption"]} encryption */
export function isOn({ able, off }) {
  return able && off === null;
}

/**
 * Whether it is on, or why not.
 * @param {CallState["encryption"]} encryption
 */
export function sentence({ able, off, people }) {
  if (!able) return gettext("Off, because your browser cannot.");
  if (off !== null) return gettext("Off, because %(name)s's browser cannot.", { name: off });
  if (!people.length) return gettext("It begins when somebody else is in the call.");
  return gettext("Sound, pictures and chat are encrypted from browser to browser.");
}

/**
 * @param {string} name
 * @param {boolean} sound
 */
export function sayUnreadable(name, sound) {
  return sound ? gettext("%(name)s's sound cannot be read.", { name }) : gettext("%(name)s's picture cannot be read.", { name });
}
