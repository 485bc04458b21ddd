/** Who is in the call, in one line, where they are more than two. */

import { find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";

/** @type {Record<string, string>} */
export const ROLES = { interpreter: gettext("interpreter"), supporter: gettext("supporter"), guest: gettext("guest") };

/**
 * @param {import("./call.js").Call} call
 * @param {() => {person: string, role: string}|null} guest who of them comes as what
 */
export function showCompany(call, guest) {
  const place = find("#company span", HTMLElement);
  const look = () => {
    const { people, phase } = call.store.state;
    const third = guest();
    const names = people.filter((each) => each.slot !== null).map((each) => nameOf(each, third));
    place.textContent = phase === "in" && names.length ? gettext("With you in this call: %(names)s", { names: names.join(", ") }) : "";
    find("#company", HTMLElement).hidden = phase !== "in" || (names.length < 2 && !third);
  };
  call.store.watch(look);
  return look;
}

/**
 * @param {{person: string, name: string}} one
 * @param {{person: string, role: string}|null} third
 */
function nameOf({ person, name }, third) {
  return third?.person === person ? `${name} (${ROLES[third.role]})` : name;
}
