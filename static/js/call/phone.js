/**
 * Going on by phone, while both agree to it, which may change while the page is open: the other is told of the wish, and
 * the other's number is fetched when the button is pressed, so that it is not in the page before, and again when it has
 * changed. Offered in words when the connection stays poor.
 */

import { find } from "../lib/dom.js";
import { listen } from "../lib/events.js";
import { gettext } from "../lib/texts.js";

const EVERY = 1000;
const POOR_FOR = 8000;

const WAIT = gettext("Just a moment…");
const FAILED = gettext("We could not load the number. Please press the button again.");
const NOT_LENT = gettext("The number is not shown now.");
const POOR = gettext("The connection is poor. You can go on by phone.");

/** @typedef {{typed: string, dialled: string, own: boolean, seconds: number}} Lent */

/** @param {import("./call.js").Call} call */
export function offerPhone(call) {
  const { store, config } = call;
  const path = config.phone;
  const open = find("#phone", HTMLButtonElement);
  if (!path || !config.events) return;
  const panel = find("#phone-panel", HTMLElement);
  const says = find("#phone-says", HTMLElement);
  const number = find("#phone-number", HTMLAnchorElement);
  const own = find("#phone-own", HTMLElement);
  const stay = find("#phone-close", HTMLButtonElement);
  let until = 0;
  let lent = false;

  const bring = async () => {
    const brought = lent ? await fetchNumber(path) : NOT_LENT;
    // Who has lost the network dials the number that stands there.
    if (panel.hidden || (brought === FAILED && !number.hidden)) return;
    if (store.state.phone === (brought === NOT_LENT)) call.wishPhone(brought !== NOT_LENT);
    tell(brought);
  };

  /** @param {Lent|string} brought */
  const tell = (brought) => {
    const found = typeof brought === "string" ? { typed: "", dialled: "", own: true, seconds: 0 } : brought;
    const text = typeof brought === "string" ? brought : told(brought, config.other.name);
    if (says.textContent !== text) says.textContent = text;
    if (!found.typed && number.contains(document.activeElement)) stay.focus();
    number.hidden = !found.typed;
    number.textContent = found.typed;
    if (found.typed) number.href = `tel:${found.dialled}`;
    else number.removeAttribute("href");
    own.hidden = found.own;
    clearTimeout(until);
    if (found.seconds) until = setTimeout(close, found.seconds * 1000);
  };

  const show = async () => {
    call.wishPhone(true);
    panel.hidden = false;
    open.setAttribute("aria-expanded", "true");
    says.textContent = WAIT;
    await bring();
    if (!number.hidden) number.focus();
  };

  const close = () => {
    if (panel.hidden) return;
    call.wishPhone(false);
    clearTimeout(until);
    panel.hidden = number.hidden = own.hidden = true;
    number.textContent = says.textContent = "";
    number.removeAttribute("href");
    open.setAttribute("aria-expanded", "false");
    open.hidden = !lent;
    (lent ? open : find("#mute", HTMLButtonElement)).focus();
  };

  open.onclick = () => void show();
  stay.onclick = close;
  listen(config.events, "phone", (told) => {
    lent = told === "lent";
    if (panel.hidden) open.hidden = !lent;
    else void bring();
  });
  watchReasons(call, () => void show(), () => !open.hidden);
  store.watch((state) => void (state.phase === "left" && close()));
}

/**
 * Says why one might go on by phone: the other would like to, or the connection has been poor for some seconds. Who says
 * 'not now' is not asked again for the same reason.
 * @param {import("./call.js").Call} call
 * @param {() => void} show
 * @param {() => boolean} offered whether it can be had at all
 */
function watchReasons(call, show, offered) {
  const { store, config } = call;
  const text = find("#phone-why", HTMLElement);
  const buttons = find("#phone-hint .actions", HTMLElement);
  /** @type {Set<string>} */
  const refused = new Set();
  const wish = gettext("%(name)s would like to go on by phone.", { name: config.other.name });
  let wished = false;
  let goodAt = performance.now();

  const look = () => {
    const { state } = store;
    if (!isPoor(state)) goodAt = performance.now();
    const other = state.people.find((each) => each.person === config.other.person);
    // Who left the call for the phone still waits for it.
    if (other) wished = other.phone;
    const why = wished ? wish : performance.now() - goodAt > POOR_FOR ? POOR : "";
    const shown = state.phase === "in" && offered() && !state.phone && !refused.has(why) ? why : "";
    if (text.textContent !== shown) text.textContent = shown;
    buttons.hidden = !shown;
  };

  find("#phone-go", HTMLButtonElement).onclick = show;
  find("#phone-not-now", HTMLButtonElement).onclick = () => {
    refused.add(text.textContent ?? "");
    look();
  };
  store.watch(look);
  setInterval(look, EVERY);
}

/**
 * Whether our own way or somebody's is poor, or lost.
 * @param {import("./state.js").CallState} state
 */
export function isPoor(state) {
  if (state.phase !== "in") return false;
  return state.quality === "poor" || state.lost || !state.media || state.people.some((each) => each.connection === "poor");
}

/**
 * @param {string} path
 * @returns {Promise<Lent|string>} or a sentence that says why not
 */
async function fetchNumber(path) {
  try {
    const answer = await fetch(path, { cache: "no-store" });
    if (answer.ok) return await answer.json();
    return answer.status === 403 || answer.status === 404 ? NOT_LENT : FAILED;
  } catch {
    return FAILED;
  }
}

/**
 * @param {Lent} lent
 * @param {string} name
 */
function told(lent, name) {
  if (lent.typed) return gettext("We told %(name)s that you would like to go on by phone.", { name });
  return lent.own
    ? gettext("%(name)s has not added a number. We told them, and they can call you.", { name })
    : gettext("%(name)s has not added a number. We told them that you would like to go on by phone.", { name });
}
