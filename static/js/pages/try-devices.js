/** Trying camera, microphone and speaker without a call: nothing that is seen or heard here leaves the page. */

import { Choices } from "../call/choices.js";
import { offerDevices } from "../call/device-choice.js";
import { Devices } from "../call/devices.js";
import { watchLevel } from "../call/level.js";
import { takeDevices } from "../call/lobby.js";
import { obstacleIn } from "../call/obstacles.js";
import { showOwn } from "../call/own-picture.js";
import { watchOwnVoice } from "../call/own-voice.js";
import { offerPermissionHelp } from "../call/permission-help.js";
import { BEGINNING } from "../call/state.js";
import { find } from "../lib/dom.js";
import { Store } from "../lib/store.js";
import { gettext } from "../lib/texts.js";

const BOTH = gettext("Your camera and your microphone work here.");
const SOUND = gettext("Your microphone works here.");

const page = find(".call", HTMLElement);
const store = new Store({ ...BEGINNING, microphone: false, camera: false });
const devices = new Devices();
const trial = {
  store,
  devices,
  choices: new Choices("", ""),
  sendTracks: async () => {},
  tellState: () => {},
};
const speaker = {
  canChooseSpeaker: "setSinkId" in HTMLMediaElement.prototype,
  speaker: "",
  /** @param {string} id */
  speakThrough: async (id) => {
    speaker.speaker = id;
    return true;
  },
};

const obstacle = obstacleIn(window);
find("#obstacle", HTMLElement).hidden = !obstacle;
find("#obstacle-why", HTMLElement).textContent = obstacle?.sentence ?? "";
devices.filmed = (/** @type {MediaStreamTrack|null} */ camera) => showOwn(find("[data-self]", HTMLVideoElement), camera);
store.watch(({ trouble, microphone, camera }) => {
  page.dataset.camera = camera ? "on" : "off";
  find("#trouble", HTMLElement).textContent = trouble;
  find("#works", HTMLElement).textContent = microphone ? (camera ? BOTH : SOUND) : "";
});
offerDevices(trial, speaker, () => watchLevel(devices.microphone, find("#level", HTMLMeterElement)));
watchOwnVoice(trial);
const take = async () => {
  await takeDevices(trial, speaker);
  help();
};
const help = offerPermissionHelp(devices, take);
void take();
// Kept for the way back, its devices are still open.
addEventListener("pagehide", () => devices.stopAll());
addEventListener("pageshow", (event) => event.persisted && location.reload());
