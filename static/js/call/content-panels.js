/** Agenda and notes in the call, in panels beside the stage. */

import { find } from "../lib/dom.js";
import { connectContent, fitTexts } from "../room/content.js";

/**
 * @param {import("./panels.js").Panels} panels
 * @returns {{agenda: () => void, notes: () => void, keep: (line: string) => boolean}} two open or close a panel; `keep` adds a
 *   line to the notes, and says whether there was room for it
 */
export function offerContent(panels) {
  const agenda = addPanel(panels, "agenda");
  const notes = addPanel(panels, "notes");
  const keep = connectContent((panel) => {
    const { button, panel: place } = { agenda, notes }[panel];
    if (place.hidden) button.dataset.news = "true";
  });
  return { agenda: () => panels.toggle(agenda), notes: () => panels.toggle(notes), keep };
}

/**
 * @param {import("./panels.js").Panels} panels
 * @param {"agenda"|"notes"} name
 */
function addPanel(panels, name) {
  const button = find(`#${name}-button`, HTMLButtonElement);
  const panel = find(`#${name}`, HTMLElement);
  return panels.add(button, panel, (open) => {
    if (!open) return;
    delete button.dataset.news;
    fitTexts();
    find("h2", HTMLElement, panel).focus();
  });
}
