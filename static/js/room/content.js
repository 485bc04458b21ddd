/** What the two keep of a catch-up: shows it, and joins the fields to the server. */

import { find } from "../lib/dom.js";
import { freshName } from "../lib/fresh-name.js";
import { Store } from "../lib/store.js";
import { fit, showRows } from "./elements.js";
import { connectCards } from "./cards.js";
import { connectFiles } from "./files.js";
import { announceContent } from "./hearing.js";
import { connectNotes } from "./notes.js";
import { actionRow, resourceRow, topicRow } from "./rows.js";
import { NOTHING, shown } from "./rules.js";
import { Sync } from "./sync.js";

/**
 * @typedef {import("./rules.js").Item} Item
 */

/**
 * @typedef {object} RoomConfig
 * @property {string} events
 * @property {string} edits
 * @property {string} files
 * @property {string} csrf
 * @property {number} me
 * @property {number} mentee
 * @property {{id: number, name: string}[]} people
 * @property {{text: number, notes: number}} limits in characters
 */

/**
 * @typedef {object} Room
 * @property {RoomConfig} config
 * @property {Store<import("./rules.js").RoomState>} store
 * @property {Sync} sync
 * @property {(line: string) => boolean} keep adds a line to the shared notes; says whether there was room for it
 */

/**
 * Joins the content of the page to the server.
 * @param {(panel: "agenda"|"notes"|"ending") => void} [noted] is told where there is something new of the other
 * @returns {Room}
 */
export function connectContent(noted = () => {}) {
  /** @type {RoomConfig} */
  const config = JSON.parse(find("#room-config", HTMLScriptElement).text);
  const store = new Store(NOTHING);
  const sync = new Sync(store, config);
  const fileAddress = (/** @type {number} */ id) => `/files/${id}`;
  const version = (/** @type {string} */ key) => store.state.items.find((item) => item.key === key)?.version ?? 0;
  const context = { ...config, edit: sync.edit.bind(sync), version, fileAddress };

  const lists = [
    { list: find("#topics", HTMLElement), row: topicRow, of: (/** @type {Item[]} */ items) => topics(items, config.mentee) },
    { list: find("#actions", HTMLElement), row: actionRow, of: only("action") },
    { list: find("#resources", HTMLElement), row: resourceRow, of: only("resource") },
  ].map((each) => ({ ...each, rows: new Map() }));

  store.watch((state) => {
    const items = shown(state, config.me);
    for (const { list, rows, row, of } of lists) showRows(list, of(items), rows, (item) => row(item, context));
    find("[data-none=topics]", HTMLElement).hidden = state.version < 0 || items.some((item) => item.kind === "topic");
    for (const place of document.querySelectorAll(".room-trouble")) {
      if (place.textContent !== state.trouble) place.textContent = state.trouble;
    }
  });

  for (const form of document.querySelectorAll("form[data-add]")) {
    if (form instanceof HTMLFormElement) connectForm(form, sync);
  }
  connectFiles(config, store);
  connectCards(sync);
  connectNotes(find("#shared-notes", HTMLTextAreaElement), sync);
  announceContent(store, config, find("#room-says", HTMLElement), noted);
  addEventListener("resize", fitTexts);
  const keep = (/** @type {string} */ line) => {
    const { notes, version } = store.state;
    const text = notes.text && !notes.text.endsWith("\n") ? `${notes.text}\n${line}` : notes.text + line;
    if (version < 0 || text.length > config.limits.notes) return false;
    sync.type(text, notes.held);
    return true;
  };
  return { config, store, sync, keep };
}

/**
 * @param {HTMLFormElement} form
 * @param {Sync} sync
 */
function connectForm(form, sync) {
  const [first, title] = form.querySelectorAll("input");
  form.onsubmit = (event) => {
    event.preventDefault();
    const typed = first.value.trim();
    if (!typed) return first.focus();
    const fields = form.dataset.add === "resource" ? { text: title.value.trim(), url: webAddress(typed) } : { text: typed };
    sync.edit({ type: "add", key: freshName(), kind: form.dataset.add, ...fields });
    form.reset();
    first.focus();
  };
}

/**
 * The mentee's come first.
 * @param {readonly Item[]} items
 * @param {number} mentee
 */
export function topics(items, mentee) {
  const found = items.filter((item) => item.kind === "topic");
  return [...found.filter((item) => item.author === mentee), ...found.filter((item) => item.author !== mentee)];
}

/**
 * People leave out the beginning of addresses.
 * @param {string} typed
 */
function webAddress(typed) {
  return /^[a-z]+:/i.test(typed) ? typed : `https://${typed}`;
}

/** @param {import("./rules.js").Kind} kind */
function only(kind) {
  return (/** @type {Item[]} */ items) => items.filter((item) => item.kind === kind);
}

/** A field that was hidden has no height of its own. */
export function fitTexts() {
  for (const field of document.querySelectorAll(".items textarea")) if (field instanceof HTMLTextAreaElement) fit(field);
}
