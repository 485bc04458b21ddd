/** What the two agree to at the end of a catch-up: each ticks the actions and links, either strikes one out. */

import { fieldsOf, find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";
import { make, showRows } from "./elements.js";
import { shown } from "./rules.js";

/**
 * @typedef {import("./rules.js").Item} Item
 * @typedef {import("./content.js").Room} Room
 */

const SAVED = gettext("We email it to you when you both have ended.");
const DROPPED = gettext("We do not email it to you.");
const FAILED = gettext("This could not be saved. Please try again.");

/** @param {Room} room */
export function showEnding(room) {
  const list = find("#agreements", HTMLElement);
  const none = find("[data-none=agreements]", HTMLElement);
  const rows = new Map();
  room.store.watch((state) => {
    const lines = agreeable(shown(state, room.config.me));
    showRows(list, lines, rows, (item) => agreementRow(item, room));
    none.hidden = state.version < 0 || lines.length > 0;
  });
  const form = document.querySelector("#record-form");
  if (form instanceof HTMLFormElement) connectWish(form);
}

/**
 * Actions first.
 * @param {readonly Item[]} items
 */
export function agreeable(items) {
  return [...items.filter((item) => item.kind === "action"), ...items.filter((item) => item.kind === "resource")];
}

/**
 * @param {Item} first
 * @param {Room} room
 */
function agreementRow(first, { config, sync }) {
  const { key } = first;
  const other = config.people.find((person) => person.id !== config.me);
  let now = first;
  const tick = make("input", { type: "checkbox" });
  tick.onchange = () => {
    const { text = "", owner = null, due = null } = now;
    sync.edit({ type: "agree", key, agrees: tick.checked, text, owner, due });
  };
  const words = make("span", { className: "text", dir: "auto" });
  const who = make("span", { className: "by soft", dir: "auto" });
  const theirs = make("span", { className: "theirs" });
  const strike = make("button", { type: "button", className: "quiet strike" });
  strike.onclick = () => sync.edit({ type: "change", key, struck: !now.struck });
  const label = make("label", { className: "agree" }, tick, words);
  return {
    row: make("li", {}, label, strike, make("p", { className: "about" }, who, new Text(" "), theirs)),
    /** @param {Item} item */
    show(item) {
      now = item;
      const { agreed = [], struck = false, text = "" } = item;
      const row = /** @type {HTMLElement} */ (label.parentElement);
      row.dataset.struck = String(struck);
      tick.checked = agreed.includes(config.me);
      tick.disabled = struck;
      words.textContent = text;
      who.textContent = details(item, config.people);
      theirs.textContent = other && agreed.includes(other.id) ? gettext("%(name)s agrees", { name: other.name }) : "";
      strike.textContent = struck ? gettext("Put back") : gettext("Strike out");
      strike.setAttribute("aria-label", struck ? gettext("Put back: %(text)s", { text }) : gettext("Strike out: %(text)s", { text }));
    },
  };
}

/**
 * Sam Okafor · 5 May
 * @param {Item} item
 * @param {{id: number, name: string}[]} people
 */
function details({ kind, owner, due, url, file }, people) {
  if (kind === "resource") return file ? file.name : (url ?? "");
  const name = owner ? (people.find((person) => person.id === owner)?.name ?? "") : gettext("Both");
  return due ? `${name} · ${new Date(`${due}T12:00`).toLocaleDateString(document.documentElement.lang, { dateStyle: "medium" })}` : name;
}

/**
 * Each says for themselves whether they would like the record by email.
 * @param {HTMLFormElement} form
 */
function connectWish(form) {
  const tick = find("[name=wished]", HTMLInputElement, form);
  const says = find("#record-says", HTMLElement, form);
  tick.onchange = async () => {
    const wished = tick.checked;
    const answer = await fetch(form.action, { method: "POST", body: fieldsOf(form) }).catch(() => null);
    if (answer?.ok) tick.defaultChecked = wished;
    else tick.checked = !wished;
    says.textContent = answer?.ok ? (wished ? SAVED : DROPPED) : FAILED;
  };
  form.onsubmit = (event) => event.preventDefault();
}
