/**
 * The time of the call: a quiet clock, a word to both when five minutes are left and when the planned time is over, and
 * more time where both agree. When it ends comes from the server; nobody is cut off by it.
 */

import { clock } from "../lib/clock.js";
import { fieldsOf, find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";

const EVERY = 1000;
const MINUTE = 60_000;
const SOON = 5 * MINUTE;

const FAILED = gettext("We could not ask now. Please try again.");
const TAKEN = gettext("There is another catch-up right after this one, so there is no more time to agree to. Nobody cuts you off.");
const MOST = gettext("You have agreed to an hour more already. Nobody cuts you off: finish in peace.");
const OVER = gettext("The planned time is over. Nobody cuts you off: finish in peace.");

/**
 * @typedef {object} CallTime as the server tells it
 * @property {string} end
 * @property {number|null} asked who asks for more time
 * @property {"free"|"taken"|"most"} more whether there is any
 * @property {number} ahead by how much the server's clock is ahead of ours, in ms
 * @typedef {{says: string, yes: string, no: string}} Hint a sentence, and what its buttons are called, if it has any
 */

/** @type {Hint} */
const NOTHING = { says: "", yes: "", no: "" };
const OK = gettext("OK");
const AGREED = gettext("What we agreed");

/**
 * @param {import("./call.js").Call} call
 * @param {() => void} agree shows what the two agree to
 */
export function showTime(call, agree) {
  const { store, config } = call;
  const place = find("#clock", HTMLElement);
  const button = find("#more-time", HTMLButtonElement);
  const form = find("#time-hint", HTMLFormElement);
  const why = find("#time-why", HTMLElement);
  const yes = find("#time-yes", HTMLButtonElement);
  const no = find("#time-no", HTMLButtonElement);
  let news = "";
  let takenBack = false;
  /** What was read already. @type {Set<string>} */
  const seen = new Set();
  const me = Number(config.me.person);
  const { name } = config.other;

  const look = () => {
    const { time } = store.state;
    const left = time ? Date.parse(time.end) - Date.now() - time.ahead : Infinity;
    const until = time ? clock(new Date(time.end), config.zone ?? "UTC") : "";
    const shown = time && store.state.phase === "in" ? hintOf(time, left, me, name, news, seen) : NOTHING;
    write(place, time ? clockText(left, until) : "");
    place.title = time ? gettext("Planned until %(time)s", { time: until }) : "";
    write(why, shown.says);
    // On a phone the hint lies behind an open panel.
    button.dataset.news = String(Boolean(time) && time?.asked !== null && time?.asked !== me);
    const focused = form.contains(document.activeElement);
    for (const [each, text] of /** @type {[HTMLElement, string][]} */ ([[yes, shown.yes], [no, shown.no]])) {
      write(each, text);
      each.hidden = !text;
    }
    if (focused && !shown.no) (button.offsetParent ? button : find("#mute", HTMLButtonElement)).focus();
  };

  /** @param {string} [verb] */
  const send = async (verb = "") => {
    const { time } = store.state;
    if (!time) return;
    const body = fieldsOf(form);
    body.append("end", time.end);
    const answer = await fetch(form.action + verb, { method: "POST", body }).catch(() => null);
    if (!answer?.ok) tell(FAILED);
  };

  /** @param {string} text */
  const tell = (text) => {
    news = text;
    look();
  };

  const read = () => {
    if (!news) seen.add(`${store.state.time?.end} ${why.textContent}`);
    tell("");
  };

  const ask = () => {
    const more = store.state.time?.more;
    news = "";
    if (more === "free") void send();
    else tell(more === "taken" ? TAKEN : MOST);
  };

  button.onclick = ask;
  form.onsubmit = (event) => {
    event.preventDefault();
    if (store.state.time?.asked !== null) return ask();
    read();
    if (find("#ending", HTMLElement).hidden) agree();
  };
  no.onclick = () => {
    const { time } = store.state;
    if (news || !time || time.asked === null) return read();
    takenBack = time.asked === me;
    void send("/refusal");
  };

  store.watch(({ time }, { time: before }) => {
    if (time && before && time !== before) {
      if (Date.parse(time.end) > Date.parse(before.end)) news = gettext("More time: until %(time)s.", { time: clock(new Date(time.end), config.zone ?? "UTC") });
      else if (time.asked !== null || time.end !== before.end) news = "";
      else if (before.asked === me && !takenBack) news = gettext("%(name)s would rather end as planned.", { name });
      takenBack = false;
    }
    look();
  });
  setInterval(look, EVERY);
}

/**
 * @param {CallTime} time
 * @param {number} left ms
 * @param {number} me
 * @param {string} name of the other
 * @param {string} news what came of a request, until it was read
 * @param {ReadonlySet<string>} seen
 * @returns {Hint}
 */
export function hintOf(time, left, me, name, news, seen) {
  if (news) return { says: news, yes: "", no: OK };
  if (time.asked === me) return { says: gettext("We asked %(name)s for 15 minutes more.", { name }), yes: "", no: gettext("Take it back") };
  if (time.asked !== null) {
    const says = gettext("%(name)s would like 15 minutes more.", { name });
    return { says, yes: gettext("15 minutes more"), no: gettext("Not now") };
  }
  const says = timeSays(left);
  return says && !seen.has(`${time.end} ${says}`) ? { says, yes: AGREED, no: OK } : NOTHING;
}

/**
 * What is to be said of the time that is left.
 * @param {number} left ms
 */
export function timeSays(left) {
  if (left > SOON) return "";
  return left > 0 ? gettext("Five minutes left. Nobody cuts you off.") : OVER;
}

/**
 * @param {number} left ms
 * @param {string} until
 */
export function clockText(left, until) {
  if (left <= 0) return gettext("Planned until %(time)s", { time: until });
  return gettext("%(minutes)s min left", { minutes: Math.ceil(left / MINUTE) });
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
