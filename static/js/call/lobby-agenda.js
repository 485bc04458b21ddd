/** In the lobby: the topics that wait on the agenda. */

import { find } from "../lib/dom.js";
import { topics } from "../room/content.js";
import { shown } from "../room/rules.js";

/** @param {import("../room/content.js").Room} room */
export function showAgenda({ store, config }) {
  const part = find("#lobby-agenda", HTMLElement);
  store.watch((state) => {
    const open = topics(shown(state, config.me), config.mentee).filter((item) => !item.done);
    part.hidden = !open.length;
    const rows = open.map(({ text = "" }) => {
      const row = document.createElement("li");
      row.append(Object.assign(document.createElement("bdi"), { textContent: text }));
      return row;
    });
    find("ul", HTMLElement, part).replaceChildren(...rows);
  });
}
