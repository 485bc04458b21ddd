/** The call page: makes the parts, joins them to the page, and shows the phase. */

import { announce } from "../call/announce.js";
import { watchBandwidth } from "../call/bandwidth.js";
import { Call } from "../call/call.js";
import { connectControls } from "../call/controls.js";
import { Devices } from "../call/devices.js";
import { replaceLost } from "../call/replace.js";
import { openLobby } from "../call/lobby.js";
import { offerPhone } from "../call/phone.js";
import { watchPath } from "../call/path.js";
import { watchQuality } from "../call/quality.js";
import { Stage } from "../call/stage.js";
import { BEGINNING } from "../call/state.js";
import { offerWithdrawal } from "../call/withdrawal.js";
import { find, initials } from "../lib/dom.js";
import { Store } from "../lib/store.js";
import { gettext } from "../lib/texts.js";

/** @type {Record<string, [string, string]>} */
const GOODBYES = {
  left: [gettext("Thank you for meeting."), gettext("You left the call.")],
  replaced: [gettext("You went on in another place."), gettext("The call is open in another window or on another device.")],
  removed: [gettext("The call has ended."), gettext("This catch-up was called off or moved.")],
  withdrew: [gettext("The call has ended."), gettext("You withdrew, so this catch-up is called off.")],
  unkept: [gettext("You left the call."), gettext("We could not save your withdrawal. Please withdraw on the page of the catch-up.")],
  over: [gettext("The call has ended."), gettext("It is over, or you can no longer join it.")],
};

/** @type {Record<string, string>} */
const QUALITIES = {
  good: gettext("Connection: good"),
  weak: gettext("Connection: weak"),
  poor: gettext("Connection: poor"),
};

/** @type {import("../call/state.js").CallConfig} */
const config = JSON.parse(find("#call-config", HTMLScriptElement).text);
const page = find("[data-call]", HTMLElement);
const own = find("[data-self]", HTMLVideoElement);
const store = new Store(BEGINNING);
const devices = new Devices();
const call = new Call(config, store, devices);
const stage = new Stage(find("#stage", HTMLElement), (slot) => call.peer?.slots[slot], {
  firstFrame: () => (call.marks.firstFrame ??= performance.now()),
  silenced: (silent) => store.set({ silent }),
});

let met = false;

own.srcObject = devices.preview;
find("#own-initials", HTMLElement).textContent = initials(config.me.name);

store.watch((state, before) => {
  page.dataset.phase = state.phase;
  page.dataset.camera = state.camera ? "on" : "off";
  page.dataset.quality = state.quality;
  find("#quality", HTMLElement).textContent = QUALITIES[state.quality] ?? "";
  const lost = state.lost || (state.phase === "in" && !state.media);
  find("#banner", HTMLElement).textContent = lost ? gettext("Reconnecting… just a moment.") : "";
  for (const element of document.querySelectorAll(".trouble-text")) element.textContent = state.trouble;
  const [title, why] = GOODBYES[state.why] ?? [gettext("The call has ended."), ""];
  find("#goodbye-title", HTMLElement).textContent = title;
  find("#goodbye-why", HTMLElement).textContent = why;
  const asked = document.querySelector("#how");
  if (asked instanceof HTMLElement) asked.hidden = !["left", "over"].includes(state.why);
  find("#sound", HTMLElement).hidden = !state.silent || state.phase !== "in";
  const alone = state.phase === "in" && !state.people.some((other) => other.slot !== null);
  met ||= state.phase === "in" && !alone;
  find("#alone", HTMLElement).hidden = !alone;
  find("#alone", HTMLElement).textContent = met
    ? gettext("%(name)s is not in the call right now.", { name: config.other.name })
    : gettext("You are in. %(name)s is not here yet; you do not need to do anything.", { name: config.other.name });
  stage.show(state.people, state.phase === "in");
  if (state.phase !== before.phase) moveFocus(state.phase);
});

/** @param {import("../call/state.js").Phase} phase */
function moveFocus(phase) {
  if (phase === "in") find("#mute", HTMLElement).focus();
  if (phase === "left") find("#goodbye-title", HTMLElement).focus();
}

connectControls(call, stage);
replaceLost(call);
call.renewing = () => stage.keepPictures();
announce(store, find("#announcer", HTMLElement));
offerPhone(call);
offerWithdrawal(call);
watchQuality(call);
watchBandwidth(call);
watchPath(call);
addEventListener("pagehide", (event) => {
  if (!event.persisted && store.state.phase !== "left") call.leave();
});
call.prepare();
void openLobby(call);

Object.assign(window, { fireside: { pc: () => call.peer?.connection ?? null, get marks() { return call.marks; } } });
