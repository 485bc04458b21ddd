/** The field of the shared notes. */

import { moved } from "./rules.js";

/**
 * @param {HTMLTextAreaElement} field
 * @param {import("./sync.js").Sync} sync
 */
export function connectNotes(field, sync) {
  let composing = false;
  const type = () => sync.type(field.value, composing);
  field.oninput = type;
  field.addEventListener("compositionstart", () => (composing = true));
  field.addEventListener("compositionend", () => {
    composing = false;
    type();
  });
  sync.store.watch(({ notes }) => {
    // It is not the person's own typing that the page would lose by being loaded again.
    if (field.defaultValue !== notes.head) field.defaultValue = notes.head;
    if (field.value === notes.text) return;
    const before = field.value;
    const places = [field.selectionStart, field.selectionEnd].map((caret) => moved(before, notes.text, caret));
    const { scrollTop } = field;
    field.value = notes.text;
    // Setting it in a field without the focus would take the focus there in some browsers.
    if (document.activeElement === field) field.setSelectionRange(places[0], places[1]);
    field.scrollTop = scrollTop;
  });
}
