/**
 * What the two keep of a catch-up, as this page knows it: what the server told, and what was typed here and is on its
 * way. Pure: the server puts all edits into one order and merges the notes; here nothing is merged. While nothing is on
 * its way, the page shows what the server has.
 *
 * @typedef {"topic"|"action"|"resource"} Kind
 *
 * @typedef {object} Item as the server tells it; one that was removed has none of the optional fields
 * @property {string} key
 * @property {Kind} kind
 * @property {number} number its place
 * @property {number} author
 * @property {number} version
 * @property {boolean} removed
 * @property {string} [text]
 * @property {boolean} [done]
 * @property {number|null} [owner] null for both
 * @property {string|null} [due]
 * @property {string} [url]
 * @property {{id: number, name: string, size: number}|null} [file]
 * @property {number[]} [agreed] who agrees to it
 * @property {boolean} [struck] whether it is struck out
 *
 * @typedef {{version: number, items: Item[], notes: {text: string, version: number}|null, refused?: string[]}} Changes
 * @typedef {{type: string, [field: string]: any}} Edit
 * @typedef {{writer: string, sequence: number, since: number, edits: Edit[]}} Batch
 *
 * @typedef {object} Notes
 * @property {string} head the server's text
 * @property {number} version
 * @property {string} base the text that the server knows `text` to come from
 * @property {string} text what the field shows
 * @property {boolean} held whether the field is not to be touched now: a word is being composed in it
 *
 * @typedef {object} RoomState
 * @property {number} version what the server told up to; -1 before it told anything
 * @property {readonly Item[]} items
 * @property {Notes} notes
 * @property {readonly Edit[]} queue edits that wait
 * @property {Batch|null} sending the batch that is on its way; it is sent again, unchanged, until it is answered
 * @property {number} sequence of the last batch
 * @property {string} trouble
 */

/** @type {RoomState} */
export const NOTHING = {
  version: -1,
  items: [],
  notes: { head: "", version: 0, base: "", text: "", held: false },
  queue: [],
  sending: null,
  sequence: 0,
  trouble: "",
};

/** As many edits as one batch may have, with the notes. */
const MOST = 90;

/**
 * What the server tells. It may tell things twice, and late: of each item the newest version counts.
 * @param {RoomState} state
 * @param {Changes} changes
 * @returns {RoomState}
 */
export function received(state, changes) {
  const items = new Map(state.items.map((item) => [item.key, item]));
  for (const item of changes.items) {
    const known = items.get(item.key);
    if (!known || known.version <= item.version) items.set(item.key, item);
  }
  const { notes } = changes;
  const newer = notes && notes.version >= state.notes.version;
  return settled({
    ...state,
    version: Math.max(state.version, changes.version),
    items: [...items.values()],
    notes: newer ? { ...state.notes, head: notes.text, version: notes.version } : state.notes,
  });
}

/**
 * @param {RoomState} state
 * @param {Edit} edit
 * @returns {RoomState}
 */
export function edited(state, edit) {
  return { ...state, queue: [...state.queue, edit] };
}

/**
 * @param {RoomState} state
 * @param {string} text all that the field of the notes has now
 * @param {boolean} [held]
 * @returns {RoomState}
 */
export function typed(state, text, held = false) {
  return settled({ ...state, notes: { ...state.notes, text, held } });
}

/**
 * The batch to send now, in the state's `sending`; the state itself when there is nothing to send.
 * @param {RoomState} state
 * @param {string} writer the name of this page
 * @returns {RoomState}
 */
export function sent(state, writer) {
  if (state.sending) return state;
  const { base, text } = state.notes;
  const edits = state.queue.slice(0, MOST);
  if (text !== base) edits.push({ type: "write", was: base, text });
  if (!edits.length) return state;
  const sequence = state.sequence + 1;
  return {
    ...state,
    sequence,
    queue: state.queue.slice(MOST),
    sending: { writer, sequence, since: state.version, edits },
  };
}

/**
 * Everything that waits, for a page that goes away: the batch that is on its way, in case it gets lost, and the next one.
 * @param {RoomState} state
 * @param {string} writer
 * @returns {Batch[]}
 */
export function lastBatches(state, writer) {
  const { sending } = state;
  const next = sent(sending ? { ...state, sending: null, notes: written(state) } : state, writer).sending;
  return [sending, next].flatMap((batch) => batch ?? []);
}

/**
 * The server has taken the batch that was on its way.
 * @param {RoomState} state
 * @param {Changes} changes
 * @returns {RoomState}
 */
export function answered(state, changes) {
  return received({ ...state, sending: null, notes: written(state), trouble: changes.refused?.[0] ?? "" }, changes);
}

/**
 * Whether something typed here is not kept yet.
 * @param {RoomState} state
 */
export function waits({ sending, queue, notes }) {
  return sending !== null || queue.length > 0 || notes.text !== notes.base;
}

/**
 * The items as they will be once the server has taken what is on its way.
 * @param {RoomState} state
 * @param {number} me
 * @returns {Item[]} without those that were removed, in their order
 */
export function shown(state, me) {
  const items = new Map(state.items.map((item) => [item.key, item]));
  for (const edit of [...(state.sending?.edits ?? []), ...state.queue]) {
    const item = items.get(edit.key);
    if (edit.type === "add" && !item) items.set(edit.key, added(edit, me, items.size));
    else if (edit.type === "change" && item) items.set(edit.key, changed(item, edit));
    else if (edit.type === "agree" && item) items.set(edit.key, ticked(item, edit, me));
    else if (edit.type === "remove" && item) items.set(edit.key, { ...item, removed: true });
  }
  return [...items.values()].filter((item) => !item.removed).sort((one, other) => one.number - other.number);
}

/**
 * Where the caret goes when the text around it changes: it stays behind the words that it stood behind.
 * @param {string} before
 * @param {string} after
 * @param {number} caret
 */
export function moved(before, after, caret) {
  let head = 0;
  while (head < before.length && before[head] === after[head]) head += 1;
  if (caret <= head) return caret;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  if (tail && before.length - caret <= tail) return after.length - (before.length - caret);
  for (let length = Math.min(20, caret); length; length -= 1) {
    const place = after.lastIndexOf(before.slice(caret - length, caret));
    if (place >= 0) return place + length;
  }
  return Math.min(head, after.length);
}

/**
 * The notes once the server has taken the batch that is on its way.
 * @param {RoomState} state
 */
function written({ notes, sending }) {
  const edit = sending?.edits.find((each) => each.type === "write");
  return edit ? { ...notes, base: edit.text } : notes;
}

/**
 * The field shows the server's text once nothing that was typed here waits.
 * @param {RoomState} state
 * @returns {RoomState}
 */
function settled(state) {
  const { head, base, text, held } = state.notes;
  const writing = state.sending?.edits.some((edit) => edit.type === "write");
  if (writing || held || text !== base || text === head) return state;
  return { ...state, notes: { ...state.notes, base: head, text: head } };
}

/**
 * @param {Edit} edit
 * @param {number} me
 * @param {number} count
 * @returns {Item}
 */
function added({ key, kind, text, url = "" }, me, count) {
  const item = { key, kind, text, url, number: count + 1, author: me, version: 0, removed: false };
  return { ...item, done: false, owner: null, due: null, file: null, agreed: [], struck: false };
}

/**
 * @param {Item} item
 * @param {Edit} edit
 * @returns {Item}
 */
function changed(item, { text, done, owner, due, struck }) {
  // What was agreed to was something else.
  const stays = [text, owner, due, struck].every((each) => each === undefined);
  return {
    ...item,
    agreed: stays ? item.agreed : [],
    struck: struck ?? item.struck,
    text: text ?? item.text,
    done: done ?? item.done,
    owner: owner === undefined ? item.owner : owner,
    due: due === undefined ? item.due : due,
  };
}

/** @param {Item} item @param {Edit} edit @param {number} me @returns {Item} */
function ticked(item, { agrees }, me) {
  const others = (item.agreed ?? []).filter((person) => person !== me);
  return { ...item, agreed: agrees ? [...others, me] : others };
}
