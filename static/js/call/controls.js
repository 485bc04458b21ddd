/** The buttons of the call. */

import { find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";

/**
 * @param {import("./call.js").Call} call
 * @param {import("./stage.js").Stage} stage
 */
export function connectControls(call, stage) {
  const { store, devices, choices } = call;
  const mute = find("#mute", HTMLButtonElement);
  const camera = find("#camera", HTMLButtonElement);
  const screen = find("#screen", HTMLButtonElement);
  const hand = find("#hand", HTMLButtonElement);

  /** @param {boolean} on */
  const setMicrophone = async (on) => {
    if (on && !devices.microphone) {
      const trouble = await devices.open("microphone");
      store.set({ trouble });
      if (trouble) return;
      await call.sendTracks();
    }
    devices.mute(!on);
    choices.set("microphone", on);
    store.set({ microphone: on });
    call.tellState();
  };

  /** The camera is really stopped, so that its light goes out. @param {boolean} on */
  const setCamera = async (on) => {
    if (on) {
      const trouble = await devices.open("camera");
      store.set({ trouble });
      if (trouble) return;
    } else {
      devices.stop("camera");
    }
    await call.sendTracks();
    store.set({ camera: on });
    call.tellState();
  };

  const stopSharing = async () => {
    devices.stop("screen");
    await call.sendTracks();
    store.set({ screen: false });
    call.tellState();
  };

  const toggleScreen = async () => {
    if (store.state.screen) return stopSharing();
    if (!(await devices.share(() => void stopSharing()))) return;
    await call.sendTracks();
    store.set({ screen: true });
    call.tellState();
  };

  const toggleMicrophone = () => void setMicrophone(!store.state.microphone);
  const toggleCamera = () => {
    choices.set("camera", !store.state.camera);
    void setCamera(!store.state.camera);
  };
  const toggleHand = () => {
    if (store.state.phase !== "in") return;
    store.set({ hand: !store.state.hand });
    call.tellState();
  };

  mute.onclick = toggleMicrophone;
  camera.onclick = toggleCamera;
  screen.onclick = () => void toggleScreen();
  hand.onclick = toggleHand;
  for (const button of [mute, camera]) button.disabled = false;
  screen.hidden = !navigator.mediaDevices?.getDisplayMedia;
  find("#leave", HTMLButtonElement).onclick = () => call.leave();
  find("#sound", HTMLButtonElement).onclick = () => void stage.playback.playAll();

  store.watch((state) => {
    label(mute, state.microphone, gettext("Mute"), gettext("Unmute"));
    label(camera, state.camera, gettext("Stop camera"), gettext("Start camera"));
    label(screen, state.screen, gettext("Stop sharing"), gettext("Share screen"));
    hand.setAttribute("aria-pressed", String(state.hand));
  });
  return { setMicrophone, setCamera, toggleMicrophone, toggleCamera, toggleHand };
}

/**
 * @param {HTMLButtonElement} button
 * @param {boolean} on
 * @param {string} turnOff
 * @param {string} turnOn
 */
function label(button, on, turnOff, turnOn) {
  find("span", HTMLElement, button).textContent = on ? turnOff : turnOn;
  button.dataset.on = String(on);
}

/**
 * Tells the stylesheet how high the buttons stand, which depends on the language and on the width: nothing is to lie
 * behind them.
 * @param {HTMLElement} page
 */
export function measureBar(page) {
  const bar = find(".controls", HTMLElement, page);
  new ResizeObserver(() => page.style.setProperty("--bar", `${bar.offsetHeight}px`)).observe(bar);
}
