/** The door of the call, for the two: a third person waits until one of them lets them in, and leaves when asked to. */

import { fieldsOf, find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";
import { ROLES, showCompany } from "./company.js";

const FAILED = gettext("That did not reach us. Please try again.");

/**
 * @typedef {object} Guest as the server tells it
 * @property {number} id of their seat
 * @property {string} person
 * @property {string} name
 * @property {string} role
 * @property {"outside"|"waits"|"put_off"|"open"|"in"|null} door where they stand; null when they have no seat
 */

/** @param {import("./call.js").Call} call @returns {(guest: Guest|null) => void} takes what the server tells */
export function keepDoor(call) {
  /** @type {Guest|null} */ let guest = null;
  const form = find("#guest-door", HTMLFormElement);
  const why = find("#guest-why", HTMLElement);
  const actions = find(".actions", HTMLElement, form);
  const removal = find("#guest-removal", HTMLButtonElement);
  const company = showCompany(call, () => (guest?.door ? guest : null));

  const look = () => {
    const here = call.store.state.phase === "in";
    const says = here ? doorSays(guest) : "";
    if (form.contains(document.activeElement) && !says) find("#mute", HTMLButtonElement).focus();
    actions.hidden = !says;
    if (why.textContent !== says) why.textContent = says;
    removal.hidden = !guest?.door || !["in", "open", "put_off"].includes(guest.door);
    removal.textContent = guest?.door === "put_off" ? gettext("Let in") : gettext("Ask to leave");
    company();
  };

  /** @param {"entry"|"wait"|"removal"} verb */
  const send = async (verb) => {
    const answer = await fetch(`${form.action}/${verb}`, { method: "POST", body: fieldsOf(form) }).catch(() => null);
    if (!answer?.ok) why.textContent = FAILED;
  };

  form.onsubmit = (event) => {
    event.preventDefault();
    void send("entry");
  };
  find("#guest-wait", HTMLButtonElement).onclick = () => void send("wait");
  removal.onclick = () => void send(guest?.door === "put_off" ? "entry" : "removal");
  call.store.watch(look);
  return (told) => {
    guest = told;
    find("input[name=seat]", HTMLInputElement, form).value = String(told?.id ?? "");
    look();
  };
}

/** What is said at the door. @param {Guest|null} guest */
export function doorSays(guest) {
  if (guest?.door !== "waits") return "";
  return gettext("%(name)s, %(role)s, waits to come in.", { name: guest.name, role: ROLES[guest.role] });
}
