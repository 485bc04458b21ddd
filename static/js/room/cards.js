/** A mentor puts questions and resources of the library on the agenda; they are fetched when they are asked for. */

import { freshName } from "../lib/fresh-name.js";
import { gettext } from "../lib/texts.js";
import { make } from "./elements.js";

/** @param {import("./sync.js").Sync} sync */
export function connectCards(sync) {
  const part = document.querySelector("[data-cards]");
  if (!(part instanceof HTMLDetailsElement)) return;
  const list = part.querySelector("ul");
  let asked = false;
  part.ontoggle = async () => {
    if (!part.open || asked || !list) return;
    asked = true;
    try {
      const answer = await fetch(part.dataset.cards ?? "");
      list.replaceChildren(...(await answer.json()).map((/** @type {Card} */ card) => rowOf(card, sync)));
    } catch {
      asked = false;
      part.open = false;
    }
  };
}

/**
 * @typedef {{text: string, url: string}} Card
 *
 * @param {Card} card
 * @param {import("./sync.js").Sync} sync
 */
function rowOf({ text, url }, sync) {
  const button = make("button", { className: "quiet", textContent: gettext("Put on the agenda") });
  const said = make("bdi", { id: freshName(), textContent: text });
  button.setAttribute("aria-describedby", said.id);
  button.onclick = () => {
    sync.edit({ type: "add", key: freshName(), kind: url ? "resource" : "topic", text, ...(url && { url }) });
    button.replaceWith(make("span", { className: "soft", textContent: gettext("It is there now.") }));
  };
  return make("li", { className: "split tight" }, said, button);
}
