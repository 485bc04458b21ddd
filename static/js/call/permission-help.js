/** How to let this page use camera and microphone, in the very browser that shows it. */

import { find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";

const STEPS = {
  chrome: gettext("Click the symbol to the left of the address, and turn camera and microphone on."),
  chromePhone: gettext("Tap the symbol to the left of the address, then 'Permissions', and allow camera and microphone."),
  firefox: gettext("Click the crossed-out camera or microphone to the left of the address, and take the block away."),
  firefoxPhone: gettext("Tap the lock to the left of the address, and allow camera and microphone."),
  safari: gettext("In the menu 'Safari', choose 'Settings for this website', and allow camera and microphone."),
  safariPhone: gettext("Tap the symbol at the left of the address bar, then 'Website Settings', and allow camera and microphone."),
  edge: gettext("Click the lock to the left of the address, then 'Permissions for this site', and allow camera and microphone."),
  other: gettext("Look in your browser's settings for the permissions of this website, and allow camera and microphone."),
};
const SYSTEM = gettext("Your system keeps the browser from them: allow them in the system's settings, under privacy.");

/**
 * @param {string} agent what the browser says of itself
 * @returns {string}
 */
export function stepsIn(agent) {
  if (/iPhone|iPad|iPod/.test(agent)) return STEPS.safariPhone;
  const phone = /Android/.test(agent);
  if (/Firefox\//.test(agent)) return phone ? STEPS.firefoxPhone : STEPS.firefox;
  if (/Edg\//.test(agent) && !phone) return STEPS.edge;
  if (/Chrome\//.test(agent)) return phone ? STEPS.chromePhone : STEPS.chrome;
  return /Safari\//.test(agent) ? STEPS.safari : STEPS.other;
}

/**
 * @param {import("./devices.js").Devices} devices
 * @param {() => Promise<void>} again asks for the devices again
 * @returns {() => void} to be called when the devices were asked for
 */
export function offerPermissionHelp(devices, again) {
  const help = find("#permission-help", HTMLElement);
  find("#permission-steps", HTMLElement).textContent = stepsIn(navigator.userAgent);
  find("#permission-system", HTMLElement).textContent = SYSTEM;
  find("#permission-again", HTMLButtonElement).onclick = () => void again();
  return () => {
    help.hidden = !devices.denied;
    find("#permission-steps", HTMLElement).hidden = devices.denied === "system";
    find("#permission-system", HTMLElement).hidden = devices.denied !== "system";
  };
}
