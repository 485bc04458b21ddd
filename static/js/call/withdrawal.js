/** Withdrawing from within the call: the dialog says what it means, and then it is at once. */

import { fieldsOf, find } from "../lib/dom.js";

/** @param {import("./call.js").Call} call */
export function offerWithdrawal(call) {
  if (!call.config.withdrawal) return;
  const dialog = find("#withdrawal", HTMLDialogElement);
  const form = find("form", HTMLFormElement, dialog);

  const more = find("#more", HTMLDetailsElement);
  const summary = find("summary", HTMLElement, more);
  more.onkeydown = (event) => {
    if (event.key !== "Escape" || !more.open) return;
    more.open = false;
    summary.focus();
  };
  find("#withdraw", HTMLButtonElement).onclick = () => {
    more.open = false;
    // Where the focus comes back to when the dialog is closed.
    summary.focus();
    dialog.showModal();
  };
  find("#stay", HTMLButtonElement).onclick = () => dialog.close();
  form.onsubmit = (event) => {
    event.preventDefault();
    void call.withdraw(send(form));
  };
  call.store.watch((state) => void (state.phase === "left" && dialog.close()));
}

/** @param {HTMLFormElement} form */
async function send(form) {
  const answer = await fetch(form.action, { method: "POST", body: fieldsOf(form) }).catch(() => null);
  return answer?.status === 204;
}
