/** Withdrawing from within the call: the dialog says what it means, and then it is at once. */

import { fieldsOf, find } from "../lib/dom.js";

/** @param {import("./call.js").Call} call */
export function offerWithdrawal(call) {
  if (!call.config.withdrawal) return;
  const dialog = find("#withdrawal", HTMLDialogElement);
  const form = find("form", HTMLFormElement, dialog);

  find("#withdraw", HTMLButtonElement).onclick = () => dialog.showModal();
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
