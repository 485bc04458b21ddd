/** Before the call: seeing oneself, choosing devices, seeing who is there, and entering. */

import { find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";
import { whereabouts } from "./announce.js";
import { watchLevel } from "./level.js";

/** @param {import("./call.js").Call} call */
export async function openLobby(call) {
  const { store, devices } = call;
  const enter = find("#enter", HTMLButtonElement);
  enter.onclick = () => void call.enter();
  const again = find("#enter-again", HTMLButtonElement);
  again.onclick = () => {
    void call.enter();
    void takeDevices(call);
  };

  store.watch((state) => {
    enter.disabled = state.phase === "entering";
    again.hidden = ["removed", "withdrew", "over"].includes(state.why);
    find("#there", HTMLElement).textContent = whoIsThere(state.people, call.config.other.name);
  });

  for (const what of /** @type {const} */ (["microphone", "camera"])) {
    const select = find(`#choose-${what}`, HTMLSelectElement);
    select.onchange = async () => {
      devices[what === "camera" ? "cameraId" : "microphoneId"] = select.value;
      const trouble = await devices.open(what);
      store.set({ trouble, [what]: !trouble && !(what === "microphone" && devices.muted) });
      await call.sendTracks();
      watchLevel(devices.microphone, find("#level", HTMLMeterElement));
    };
  }
  navigator.mediaDevices?.addEventListener("devicechange", () => void listDevices(call));
  await takeDevices(call);
}

/** @param {import("./call.js").Call} call */
async function takeDevices(call) {
  const { store, devices } = call;
  const trouble = store.state.camera ? await devices.openBoth() : await devices.open("microphone");
  // Who stopped the camera or muted while the browser was still asking, meant it.
  if (!store.state.camera) devices.stop("camera");
  store.set({ trouble, microphone: devices.microphone !== null && !devices.muted, camera: devices.camera !== null });
  await call.sendTracks();
  call.tellState();
  await listDevices(call);
  watchLevel(devices.microphone, find("#level", HTMLMeterElement));
}

/** @param {import("./call.js").Call} call */
async function listDevices(call) {
  for (const [what, kind] of /** @type {const} */ ([["microphone", "audioinput"], ["camera", "videoinput"]])) {
    const found = await call.devices.list(kind);
    const select = find(`#choose-${what}`, HTMLSelectElement);
    const options = found.map((device, index) => new Option(device.label || nameless(what, index + 1), device.deviceId));
    select.replaceChildren(...options);
    select.value = call.devices[what]?.getSettings().deviceId ?? select.value;
    /** @type {HTMLElement} */ (select.closest("label")).hidden = found.length < 2;
  }
  /** @type {HTMLElement} */ (find("#level", HTMLMeterElement).closest("label")).hidden = !call.devices.microphone;
}

/**
 * @param {"microphone"|"camera"} what
 * @param {number} number
 */
function nameless(what, number) {
  return what === "camera" ? gettext("Camera %(number)s", { number }) : gettext("Microphone %(number)s", { number });
}

/**
 * @param {readonly import("./state.js").Other[]} people
 * @param {string} expected
 */
function whoIsThere(people, expected) {
  return people.length ? people.map(whereabouts).join(" ") : gettext("%(name)s is not here yet.", { name: expected });
}
