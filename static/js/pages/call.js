/** The call page: makes the parts, joins them to the page, and shows the phase; or says why there can be no call here. */

import { announce } from "../call/announce.js";
import { welcomeOthers } from "../call/arrival.js";
import { isCutOff, showBanner } from "../call/banner.js";
import { Call } from "../call/call.js";
import { Chat } from "../call/chat.js";
import { offerChat } from "../call/chat-panel.js";
import { Choices } from "../call/choices.js";
import { offerContent } from "../call/content-panels.js";
import { connectControls, measureBar } from "../call/controls.js";
import { Devices } from "../call/devices.js";
import { offerEncryption } from "../call/encryption-panel.js";
import { offerFullScreen } from "../call/full-screen.js";
import { openLobby } from "../call/lobby.js";
import { offerMore } from "../call/more-menu.js";
import { obstacleIn, offerNumber, showObstacle } from "../call/obstacles.js";
import { resumeOwn, showOwn } from "../call/own-picture.js";
import { watchOwnVoice } from "../call/own-voice.js";
import { Panels } from "../call/panels.js";
import { watchPath } from "../call/path.js";
import { offerPhone } from "../call/phone.js";
import { watchQuality } from "../call/quality.js";
import { replaceLost } from "../call/replace.js";
import { offerShortcuts } from "../call/shortcuts.js";
import { offerSoundOnly } from "../call/sound-only.js";
import { offerSelfView } from "../call/self-view.js";
import { offerSmallWindow } from "../call/small-window.js";
import { showSpeaking } from "../call/speaking-bar.js";
import { Stage } from "../call/stage.js";
import { BEGINNING } from "../call/state.js";
import { keepAwake } from "../call/wake-lock.js";
import { offerWithdrawal } from "../call/withdrawal.js";
import { find, initials } from "../lib/dom.js";
import { listen } from "../lib/events.js";
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
  out: [gettext("You are out of the call."), gettext("The two go on by themselves, or the call is over. Thank you for coming.")],
};

/** @type {Record<string, string>} */
const QUALITIES = {
  good: gettext("Connection: good"),
  weak: gettext("Connection: weak"),
  poor: gettext("Connection: poor"),
};

const page = find("[data-call]", HTMLElement);
/** @type {import("../call/state.js").CallConfig} */
const config = JSON.parse(find("#call-config", HTMLScriptElement).text);

function start() {
  const own = find("[data-self]", HTMLVideoElement);
  const choices = new Choices(config.socket, config.me.person);
  const store = new Store({ ...BEGINNING, microphone: choices.microphone, camera: choices.camera });
  const devices = new Devices();
  const call = new Call(config, store, devices, choices);
  const stage = new Stage(find("#stage", HTMLElement), (slot) => call.peer?.slots[slot], {
    firstFrame: () => (call.marks.firstFrame ??= performance.now()),
    silenced: (silent) => store.set({ silent }),
  });
  devices.filmed = (camera) => showOwn(own, camera);
  find("#own-initials", HTMLElement).textContent = initials(config.me.name);

  draw(store, stage, config.other.name);
  offerEncryption(call);
  const controls = connectControls(call, stage);
  const panels = new Panels(page);
  const content = document.querySelector("#room-config") && offerContent(panels);
  const openChat = offerChat(call, new Chat(call), panels, content?.keep);
  offerMore();
  offerSoundOnly(call, controls.setCamera);
  offerSelfView(page);
  offerSmallWindow(call, controls);
  const keys = {
    ...keysOf(controls, store, openChat),
    ...(content && { a: inCall(store, content.agenda), n: inCall(store, content.notes) }),
    f: offerFullScreen(page),
  };
  const showShortcuts = offerShortcuts(call, keys, controls.setMicrophone);
  find("#shortcuts-open", HTMLButtonElement).onclick = () => {
    find("#settings-dialog", HTMLDialogElement).close();
    showShortcuts();
  };
  measureBar(page);
  replaceLost(call);
  call.renewing = () => stage.keepPictures();
  announce(store, find("#announcer", HTMLElement));
  showBanner(store, find("#banner", HTMLElement));
  offerPhone(call);
  offerWithdrawal(call);
  keepAwake(store);
  if (content) void offerTime(call, content.ending);
  showSpeaking(call);
  welcomeOthers(store);
  watchOwnVoice(call);
  resumeOwn(call, own);
  watchQuality(call);
  void loadBandwidth(call);
  watchPath(call);
  addEventListener("pagehide", () => store.state.phase !== "left" && call.leave());
  if (config.door) call.knock = () => void import("../call/guest-lobby.js").then(({ knock }) => knock(call));
  else call.prepare();
  if (content) offerDoor(call);
  offerCaptions(call);
  void openLobby(call, stage);
  Object.assign(window, { fireside: { pc: () => call.peer?.connection ?? null, get marks() { return call.marks; } } });
}

/**
 * @param {ReturnType<typeof connectControls>} controls
 * @param {Store<import("../call/state.js").CallState>} store
 * @param {() => void} openChat
 * @returns {Record<string, () => void>}
 */
function keysOf(controls, store, openChat) {
  return {
    m: controls.toggleMicrophone,
    v: controls.toggleCamera,
    h: controls.toggleHand,
    c: inCall(store, openChat),
  };
}

/**
 * @param {Store<import("../call/state.js").CallState>} store
 * @param {() => void} act
 */
function inCall(store, act) {
  return () => void (store.state.phase === "in" && act());
}

/**
 * @param {Store<import("../call/state.js").CallState>} store
 * @param {Stage} stage
 * @param {string} name
 */
function draw(store, stage, name) {
  let met = false;
  store.watch((state, before) => {
    page.dataset.phase = state.phase;
    page.dataset.camera = state.camera ? "on" : "off";
    page.dataset.blocked = String(state.blocked);
    page.dataset.soundOnly = String(state.soundOnly);
    const here = state.people.filter((other) => other.slot !== null);
    // While the other or we are gone, no connection is good.
    const connected = !isCutOff(state) && here.some((other) => other.here === "in");
    const quality = connected ? state.quality : "";
    page.dataset.quality = quality;
    find("#quality", HTMLElement).textContent = QUALITIES[quality] ?? "";
    for (const element of document.querySelectorAll(".trouble-text")) element.textContent = state.trouble;
    const [title, why] = GOODBYES[config.door && state.why === "removed" ? "out" : state.why] ?? [gettext("The call has ended."), ""];
    find("#goodbye-title", HTMLElement).textContent = title;
    find("#goodbye-why", HTMLElement).textContent = why;
    const asked = document.querySelector("#how");
    if (asked instanceof HTMLElement) asked.hidden = !["left", "over"].includes(state.why);
    find("#sound", HTMLElement).hidden = !state.silent || state.phase !== "in";
    const alone = state.phase === "in" && !here.length;
    met ||= state.phase === "in" && !alone;
    find("#alone", HTMLElement).hidden = !alone;
    find("#alone", HTMLElement).textContent = met
      ? gettext("%(name)s is not in the call right now.", { name })
      : gettext("You are in. %(name)s is not here yet; you do not need to do anything.", { name });
    stage.show(state.people, state.phase === "in", state.unreadable);
    if (state.phase !== before.phase) moveFocus(state.phase);
  });
}

/**
 * When the call is to end is told once, so it is heard from the start. What shows it is not loaded before it is needed.
 * @param {Call} call
 * @param {() => void} agree
 */
async function offerTime(call, agree) {
  listen(config.events ?? "", "time", (data) => {
    const { now, ...time } = JSON.parse(data);
    call.store.set({ time: { ...time, ahead: now - Date.now() } });
  });
  await entering(call);
  const { showTime } = await import("../call/time.js");
  showTime(call, agree);
}

/**
 * Few calls have a guest.
 * @param {Call} call
 */
function offerDoor(call) {
  /** @type {Promise<(guest: any) => void>|null} */ let door = null;
  listen(config.events ?? "", "guest", async (data) => {
    if (!door && data) door = import("../call/guest-door.js").then(({ keepDoor }) => keepDoor(call));
    if (door) (await door)(data ? JSON.parse(data) : null);
  });
}

/** Loaded when somebody opens the settings, or asks. @param {Call} call */
function offerCaptions(call) {
  const load = () => import("../captions/captions.js").then(({ captionsOf }) => captionsOf(call));
  call.hearing.captions = async (message) => (await load()).hear(message);
  find("#settings", HTMLButtonElement).addEventListener("click", load);
}

/** Not needed before, either. @param {Call} call */
async function loadBandwidth(call) {
  await entering(call);
  const { watchBandwidth } = await import("../call/bandwidth.js");
  watchBandwidth(call);
}

/** Ends when the call is entered first. @param {Call} call */
function entering(call) {
  return new Promise((entered) => call.store.watch((state) => void (state.phase === "in" && entered(null))));
}

/** @param {import("../call/state.js").Phase} phase */
function moveFocus(phase) {
  if (phase === "in") find("#mute", HTMLElement).focus();
  if (phase === "left") find("#goodbye-title", HTMLElement).focus();
}

const obstacle = obstacleIn(window);
if (obstacle) showObstacle(obstacle.sentence);
page.dataset.obstacle = String(obstacle !== null);
offerNumber(config);
page.dataset.ready = obstacle && !obstacle.entering ? "never" : "yes";
if (page.dataset.ready === "yes") start();
// Kept for the way back, its connections are gone.
// What a phone keeps for its list of apps shows nobody.
document.addEventListener("visibilitychange", () => (page.dataset.away = String(document.hidden)));
addEventListener("pageshow", (event) => event.persisted && location.reload());
