/** Agenda and notes in the call, in panels beside the stage. */

import { find } from "../lib/dom.js";
import { connectContent, fitTexts } from "../room/content.js";
import { showAgenda } from "./lobby-agenda.js";

/** @typedef {"agenda"|"notes"|"ending"} Name */

/**
 * @param {import("./panels.js").Panels} panels
 * @returns {Record<Name, () => void> & {keep: (line: string) => boolean}} three open or close a panel; `keep` adds a line to
 *   the notes, and says whether there was room for it
 */
export function offerContent(panels) {
  const agenda = addPanel(panels, "agenda");
  const notes = addPanel(panels, "notes");
  /** @type {Promise<void>|undefined} */ let shown;
  // It is needed last, and not loaded before.
  const showEnding = async () => (await import("../room/ending.js")).showEnding(room);
  const ending = addPanel(panels, "ending", () => void (shown ??= showEnding()));
  const room = connectContent((panel) => {
    const { button, panel: place } = { agenda, notes, ending }[panel];
    if (place.hidden) button.dataset.news = "true";
  });
  showAgenda(room);
  return {
    agenda: () => panels.toggle(agenda),
    notes: () => panels.toggle(notes),
    ending: () => panels.toggle(ending),
    keep: room.keep,
  };
}

/**
 * @param {import("./panels.js").Panels} panels
 * @param {Name} name
 * @param {() => void} [opened]
 */
function addPanel(panels, name, opened = () => {}) {
  const button = find(`#${name}-button`, HTMLButtonElement);
  const panel = find(`#${name}`, HTMLElement);
  return panels.add(button, panel, (open) => {
    if (!open) return;
    delete button.dataset.news;
    opened();
    fitTexts();
    find("h2", HTMLElement, panel).focus();
  });
}
