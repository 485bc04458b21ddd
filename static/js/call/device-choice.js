/** Choosing microphone, camera and speaker: in the lobby, and during the call in the settings. */

import { find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";
import { testSpeaker } from "./tones.js";

/**
 * @typedef {Pick<import("./call.js").Call, "store"|"devices"|"choices"|"sendTracks"|"tellState">} Call who uses devices
 * @typedef {Pick<import("./stage.js").Stage, "canChooseSpeaker"|"speaker"|"speakThrough">} Speaking what plays sound
 */
/** @typedef {"microphone"|"camera"|"speaker"} Chosen */

/** @type {Record<Chosen, MediaDeviceKind>} */
const KINDS = { microphone: "audioinput", camera: "videoinput", speaker: "audiooutput" };
const NAMELESS = {
  microphone: (/** @type {number} */ number) => gettext("Microphone %(number)s", { number }),
  camera: (/** @type {number} */ number) => gettext("Camera %(number)s", { number }),
  speaker: (/** @type {number} */ number) => gettext("Speaker %(number)s", { number }),
};
const NO_SPEAKER = gettext("This speaker could not be used. Choose another.");

/**
 * Every <select data-choose="camera"> of the page.
 * @param {Call} call
 * @param {Speaking} stage
 * @param {() => void} changed called when a device was changed here
 */
export function offerDevices(call, stage, changed) {
  for (const select of selects()) {
    select.onchange = async () => {
      await choose(call, stage, whatOf(select), select.value);
      await listDevices(call, stage);
      changed();
    };
  }
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-test-speaker]"))) {
    button.hidden = !("AudioContext" in window);
    button.onclick = async () => {
      button.disabled = true;
      await testSpeaker(stage.speaker).catch(() => {});
      button.disabled = false;
      button.focus();
    };
  }
  for (const box of blurs()) box.onchange = () => void call.devices.blur(box.checked);
  navigator.mediaDevices?.addEventListener?.("devicechange", () => void listDevices(call, stage));
}

/**
 * Brings the lists up to date.
 * @param {Call} call
 * @param {Speaking} stage
 */
export async function listDevices(call, stage) {
  const { devices } = call;
  for (const box of blurs()) {
    box.checked = devices.blurred;
    /** @type {HTMLElement} */ (box.closest("label")).hidden = !devices.canBlur;
  }
  for (const select of selects()) {
    const what = whatOf(select);
    const found = what === "speaker" && !stage.canChooseSpeaker ? [] : await devices.list(KINDS[what]);
    select.replaceChildren(...found.map((each, index) => new Option(each.label || NAMELESS[what](index + 1), each.deviceId)));
    const now = what === "speaker" ? stage.speaker : (devices[what]?.getSettings().deviceId ?? devices.chosen[what]);
    if (now || what !== "speaker") select.value = now;
    // Before the call, what leaves no choice is no question; in the settings it says what is in use.
    const few = select.closest(".lobby") ? 2 : 1;
    /** @type {HTMLElement} */ (select.closest("label")).hidden = found.length < few;
  }
}

/**
 * @param {Call} call
 * @param {Speaking} stage
 * @param {Chosen} what
 * @param {string} id
 */
async function choose(call, stage, what, id) {
  const { store, devices, choices } = call;
  if (what === "speaker") return store.set({ trouble: (await stage.speakThrough(id)) ? "" : NO_SPEAKER });
  // A camera that is off stays off.
  if (what === "camera" && !choices.camera) return void (devices.chosen.camera = id);
  const trouble = await devices.choose(what, id);
  store.set({ trouble, [what]: devices[what] !== null && choices[what] });
  await call.sendTracks();
  call.tellState();
}

function blurs() {
  return /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[data-blur]"));
}

function selects() {
  return /** @type {NodeListOf<HTMLSelectElement>} */ (document.querySelectorAll("select[data-choose]"));
}

/** @param {HTMLSelectElement} select */
function whatOf(select) {
  return /** @type {Chosen} */ (select.dataset.choose);
}

/**
 * The settings, which are opened during the call.
 * @param {Call} call
 * @param {Speaking} stage
 * @param {(meter: HTMLMeterElement) => void} watch shows the level of the microphone
 */
export function offerSettings(call, stage, watch) {
  const dialog = find("#settings-dialog", HTMLDialogElement);
  find("#settings", HTMLButtonElement).onclick = () => {
    dialog.showModal();
    void listDevices(call, stage);
    watch(find("meter", HTMLMeterElement, dialog));
  };
  find("#settings-close", HTMLButtonElement).onclick = () => dialog.close();
  call.store.watch((state) => void (state.phase === "left" && dialog.close()));
}
