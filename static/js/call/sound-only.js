/**
 * Sound only: no pictures are sent or received, so that a slow network has room for the voices. By hand, and by itself when
 * the network stays too poor for pictures; each can be undone. Interruptions do not count: pictures did not cause them.
 */

import { find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";

const EVERY = 1000;
const CHOKED_FOR = 12_000;

const SAID = gettext("The network is poor: pictures are off, so that the sound stays.");

/** @typedef {import("./call.js").Call} Call */

/**
 * @param {Call} call
 * @param {(on: boolean) => Promise<void>} setCamera turns the own camera on or off, as its button does
 */
export function offerSoundOnly(call, setCamera) {
  const { store } = call;
  const button = find("#sound-only", HTMLButtonElement);
  const hint = find("#sound-only-hint", HTMLElement);
  const why = find("#sound-only-why", HTMLElement);
  let cameraWasOn = false;
  let goodAt = performance.now();
  /** Who brought the pictures back knows the network, and is not asked again. */
  let refused = false;

  /** @param {boolean} on */
  const set = async (on) => {
    const { camera, soundOnly } = store.state;
    if (on === soundOnly) return;
    store.set({ soundOnly: on });
    if (on) cameraWasOn = camera;
    if (on ? camera : cameraWasOn) await setCamera(!on);
    call.tellState();
  };

  const undo = () => {
    refused = true;
    why.textContent = "";
    void set(false);
  };
  button.onclick = () => (store.state.soundOnly ? undo() : void set(true));
  find("#pictures-again", HTMLButtonElement).onclick = () => {
    undo();
    button.focus();
  };
  setInterval(() => {
    const { phase, choked, soundOnly } = store.state;
    if (phase !== "in" || !choked || soundOnly) goodAt = performance.now();
    if (refused || performance.now() - goodAt < CHOKED_FOR) return;
    why.textContent = SAID;
    void set(true);
  }, EVERY);

  store.watch((state, before) => {
    if (state.interrupted) goodAt = performance.now();
    button.setAttribute("aria-pressed", String(state.soundOnly));
    hint.hidden = !(state.soundOnly && why.textContent && state.phase === "in");
    // Who turns the camera on wants pictures.
    if (state.soundOnly && before.soundOnly && state.camera && !before.camera) undo();
  });
}
