/** The keys of the call, the sheet that lists them, and the space bar to talk while it is held down. */

import { find } from "../lib/dom.js";
import { keep, kept } from "../lib/kept.js";

const KEPT = "fireside-keys";
/** A press that is shorter is one of the button that has the focus. */
const TAP = 300;

/**
 * @param {import("./call.js").Call} call
 * @param {Record<string, () => void>} keys what each key does
 * @param {(on: boolean) => Promise<void>} setMicrophone
 */
export function offerShortcuts(call, keys, setMicrophone) {
  const { store } = call;
  const sheet = find("#shortcuts", HTMLDialogElement);
  const wanted = find("#keys-on", HTMLInputElement);
  wanted.checked = kept(KEPT) !== "off";
  wanted.onchange = () => keep(KEPT, wanted.checked ? "on" : "off");
  find("#shortcuts-close", HTMLButtonElement).onclick = () => sheet.close();
  store.watch((state) => void (state.phase === "left" && sheet.close()));

  document.addEventListener("keydown", (event) => {
    if (!isFree(event) || !wanted.checked || store.state.phase === "left") return;
    const key = event.key.toLowerCase();
    if (key === "?") return show();
    keys[key]?.();
  });

  let talkingSince = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !isFree(event) || !wanted.checked || !mayTalk(event.target)) return;
    if (store.state.microphone || store.state.phase !== "in") return;
    event.preventDefault();
    talkingSince = performance.now();
    void setMicrophone(true);
  });
  /** @param {Event} event */
  const stopTalking = (event) => {
    if (!talkingSince || (event instanceof KeyboardEvent && event.key !== " ")) return;
    event.preventDefault();
    const tapped = performance.now() - talkingSince < TAP && event.target === find("#mute", HTMLButtonElement);
    talkingSince = 0;
    if (!tapped) void setMicrophone(false);
  };
  document.addEventListener("keyup", stopTalking);
  addEventListener("blur", stopTalking);

  const show = () => sheet.showModal();
  return show;
}

/** Whether it is pressed for the page as a whole. @param {KeyboardEvent} event */
function isFree(event) {
  const typing = event.target instanceof Element && event.target.closest("input, select, textarea, dialog");
  return !typing && !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
}

/** The space bar presses other buttons, opens links and scrolls. @param {EventTarget|null} target */
function mayTalk(target) {
  return target === document.body || (target instanceof Element && (target.id === "mute" || target.id === "main"));
}
