/** Before the call: seeing oneself, choosing devices, seeing who is there, and entering. */

import { find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";
import { whereabouts } from "./announce.js";
import { listDevices, offerDevices, offerSettings } from "./device-choice.js";
import { watchLevel } from "./level.js";
import { offerPermissionHelp } from "./permission-help.js";

/**
 * @param {import("./call.js").Call} call
 * @param {import("./stage.js").Stage} stage
 */
export async function openLobby(call, stage) {
  const { store, devices } = call;
  const enter = find("#enter", HTMLButtonElement);
  enter.onclick = () => void (call.knock ? call.knock() : call.enter());
  const again = find("#enter-again", HTMLButtonElement);
  again.onclick = () => {
    void (call.knock ? call.knock() : call.enter());
    void take();
  };

  store.watch((state) => {
    enter.disabled = state.phase === "entering";
    again.hidden = ["removed", "withdrew", "over"].includes(state.why);
    // Who waits at the door is not told who is behind it.
    find("#there", HTMLElement).textContent = call.knock ? "" : whoIsThere(state.people, call.config.other.name);
  });

  offerDevices(call, stage, showLevel);
  offerSettings(call, stage, showLevel);
  const helpWithPermissions = offerPermissionHelp(devices, take);
  await take();

  async function take() {
    await takeDevices(call, stage);
    helpWithPermissions();
  }

  /** @param {HTMLMeterElement} [meter] the one that is shown */
  function showLevel(meter = find(store.state.phase === "in" ? "#settings-dialog meter" : "#level", HTMLMeterElement)) {
    watchLevel(devices.microphone, meter);
  }
}

/**
 * @param {import("./device-choice.js").Call} call
 * @param {import("./device-choice.js").Speaking} stage
 */
export async function takeDevices(call, stage) {
  const { store, devices, choices } = call;
  devices.mute(!choices.microphone);
  const trouble = choices.camera ? await devices.openBoth() : await devices.open("microphone");
  // Who stopped the camera or muted while the browser was still asking, meant it.
  if (!choices.camera) devices.stop("camera");
  store.set({ trouble, microphone: devices.microphone !== null && !devices.muted, camera: devices.camera !== null });
  await call.sendTracks();
  call.tellState();
  await listDevices(call, stage);
  const level = find("#level", HTMLMeterElement);
  /** @type {HTMLElement} */ (level.closest("label")).hidden = !devices.microphone;
  watchLevel(devices.microphone, level);
}

/**
 * @param {readonly import("./state.js").Other[]} people
 * @param {string} expected
 */
function whoIsThere(people, expected) {
  return people.length ? people.map(whereabouts).join(" ") : gettext("%(name)s is not here yet.", { name: expected });
}
