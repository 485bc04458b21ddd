/** Says aloud what the other adds, ticks and removes, and notes it on the buttons of closed panels. */

import { gettext } from "../lib/texts.js";
import { shown } from "./rules.js";

/**
 * @typedef {import("./rules.js").Item} Item
 * @typedef {import("./rules.js").RoomState} RoomState
 * @typedef {"agenda"|"notes"|"ending"} Panel
 */

/** Who writes notes is heard once in so many ms. */
const NOTES_AGAIN = 30_000;

/**
 * @param {import("../lib/store.js").Store<RoomState>} store
 * @param {{me: number, people: {id: number, name: string}[]}} config
 * @param {HTMLElement} region
 * @param {(panel: Panel) => void} noted
 */
export function announceContent(store, { me, people }, region, noted) {
  const name = people.find((person) => person.id !== me)?.name ?? "";
  let notesHeard = -NOTES_AGAIN;
  store.watch((state, before) => {
    if (before.version < 0 || state.version === before.version) return;
    const [then, now] = [shown(before, me), shown(state, me)];
    const other = people.find((person) => person.id !== me)?.id;
    /** @type {{panel: Panel, says: string}[]} */
    const news = [...changesOf(then, now, name), ...agreementsOf(then, now, name, other)];
    if (state.notes.text !== before.notes.text) {
      noted("notes");
      if (performance.now() - notesHeard > NOTES_AGAIN) news.push({ panel: "notes", says: gettext("%(name)s writes in the notes.", { name }) });
      notesHeard = performance.now();
    }
    if (news.length) region.textContent = news.map((each) => each.says).join(" ");
    for (const each of news) noted(each.panel);
  });
}

/**
 * What the other changed: what we do ourselves is shown before the server answers.
 * @param {readonly Item[]} before
 * @param {readonly Item[]} now
 * @param {string} name of the other
 * @returns {{panel: "agenda"|"notes", says: string}[]}
 */
export function changesOf(before, now, name) {
  const known = new Map(before.map((item) => [item.key, item]));
  const stays = new Set(now.map((item) => item.key));
  const news = [];
  for (const item of now) {
    const says = changeOf(item, known.get(item.key), name);
    if (says) news.push({ panel: panelOf(item), says });
  }
  for (const item of before) {
    if (!stays.has(item.key)) news.push({ panel: panelOf(item), says: gettext("%(name)s removed: %(text)s", { name, text: item.text ?? "" }) });
  }
  return news;
}

/**
 * What the other agrees to, and what was struck out.
 * @param {readonly Item[]} before
 * @param {readonly Item[]} now
 * @param {string} name of the other
 * @param {number|undefined} other
 * @returns {{panel: "ending", says: string}[]}
 */
export function agreementsOf(before, now, name, other) {
  const known = new Map(before.map((item) => [item.key, item]));
  const agrees = (/** @type {Item} */ { agreed = [] }) => other !== undefined && agreed.includes(other);
  return now.flatMap((item) => {
    const then = known.get(item.key);
    const text = item.text ?? "";
    let says = "";
    if (then && Boolean(then.struck) !== Boolean(item.struck)) {
      says = item.struck ? gettext("%(name)s struck out: %(text)s", { name, text }) : gettext("%(name)s put back: %(text)s", { name, text });
    } else if (then && agrees(item) !== agrees(then)) {
      says = agrees(item) ? gettext("%(name)s agrees: %(text)s", { name, text }) : gettext("%(name)s agrees no more: %(text)s", { name, text });
    }
    return says ? [{ panel: "ending", says }] : [];
  });
}

/**
 * @param {Item} item
 * @param {Item|undefined} then
 * @param {string} name
 */
function changeOf(item, then, name) {
  const text = item.text ?? "";
  if (!then) {
    return {
      topic: gettext("%(name)s added a topic: %(text)s", { name, text }),
      action: gettext("%(name)s added an action: %(text)s", { name, text }),
      resource: gettext("%(name)s added: %(text)s", { name, text }),
    }[item.kind];
  }
  if (then.done !== item.done) {
    return item.done ? gettext("%(name)s ticked: %(text)s", { name, text }) : gettext("%(name)s unticked: %(text)s", { name, text });
  }
  if (then.text !== text || then.owner !== item.owner || then.due !== item.due) return gettext("%(name)s changed: %(text)s", { name, text });
  return "";
}

/**
 * @param {Item} item
 * @returns {"agenda"|"notes"}
 */
function panelOf({ kind }) {
  return kind === "topic" ? "agenda" : "notes";
}
