/** Withdrawing from within the call: the dialog says what it means, and then it is at once for both. */

import { find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";

const FAILED = gettext("That could not be kept. Try again, or withdraw on the catch-up's own page.");

/** @param {import("./call.js").Call} call */
export function offerWithdrawal(call) {
  if (!call.config.withdrawal) return;
  const dialog = find("#withdrawal", HTMLDialogElement);
  const form = find("form", HTMLFormElement, dialog);
  const trouble = find("#withdrawal-trouble", HTMLElement);
  const button = find("button.danger", HTMLButtonElement, form);

  find("#withdraw", HTMLButtonElement).onclick = () => {
    find("#more", HTMLDetailsElement).open = false;
    trouble.textContent = "";
    dialog.showModal();
  };
  find("#stay", HTMLButtonElement).onclick = () => dialog.close();
  form.onsubmit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    const kept = await send(form);
    button.disabled = false;
    trouble.textContent = kept ? "" : FAILED;
    if (kept) call.withdrew();
  };
  call.store.watch((state) => void (state.phase === "left" && dialog.close()));
}

/** @param {HTMLFormElement} form */
async function send(form) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) body.append(name, String(value));
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
  return answer?.status === 204;
}
