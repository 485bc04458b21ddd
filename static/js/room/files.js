/** Sending a file, which then stands among the resources. */

import { find } from "../lib/dom.js";
import { freshName } from "../lib/fresh-name.js";
import { gettext } from "../lib/texts.js";
import { received } from "./rules.js";

const LIMIT = 10_000_000;

const SENDING = gettext("Sending the file…");
const ADDED = gettext("The file was added.");
const TOO_LARGE = gettext("This file is larger than 10 MB.");
const FAILED = gettext("The file could not be sent. Please choose it again.");

/**
 * @param {{files: string, csrf: string}} config
 * @param {import("../lib/store.js").Store<import("./rules.js").RoomState>} store
 */
export function connectFiles(config, store) {
  const field = find("#new-file", HTMLInputElement);
  const says = find("#file-says", HTMLElement);
  field.onchange = async () => {
    const file = field.files?.[0];
    if (!file) return;
    if (file.size > LIMIT) {
      says.textContent = TOO_LARGE;
      field.value = "";
      return;
    }
    says.textContent = SENDING;
    field.disabled = true;
    const body = new FormData();
    body.append("csrf", config.csrf);
    body.append("key", freshName());
    body.append("file", file);
    const answer = await fetch(config.files, { method: "POST", body }).catch(() => null);
    const changes = answer?.ok ? await answer.json().catch(() => null) : null;
    if (changes?.items) store.set(received(store.state, changes));
    says.textContent = changes ? (changes.refused?.[0] ?? ADDED) : FAILED;
    field.disabled = false;
    field.value = "";
    field.focus();
  };
}
