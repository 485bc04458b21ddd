/** What this browser lacks for a call, and what to do then: another browser, for which the link can be copied. */

import { fieldsOf, find } from "../lib/dom.js";
import { listen } from "../lib/events.js";
import { gettext } from "../lib/texts.js";

/** The browsers that apps have built in, by what they say of themselves. */
const APPS = /FBAN|FBAV|FB_IAB|Instagram|MicroMessenger|\bLine\/|LinkedInApp|Snapchat|musical_ly|BytedanceWebview|Pinterest|\bGSA\/|; wv\)/;

const NO_WEBRTC = gettext(
  "This browser cannot make video calls: that part of it is missing or turned off, for example by Lockdown Mode or by the settings of your organisation. Please open your link in another browser or on another device.",
);
const NO_SOCKET = gettext("This browser is too old for calls. Please open your link in a current one, such as Firefox, Chrome or Safari.");
const IN_APP = gettext(
  "You are in the browser of an app, where camera and microphone often do not work. Please open your link in Safari or Chrome.",
);
const INSECURE = gettext(
  "Camera and microphone work only where the address begins with https. You can enter, but nobody will see or hear you.",
);
const NO_CAPTURE = gettext("This browser gives pages no camera and no microphone. You can enter, but nobody will see or hear you.");

const MADE = gettext("Open this link in the other browser. It is yours alone: do not pass it on.");
const COPIED = gettext("The link is copied. Open it in the other browser. It is yours alone: do not pass it on.");
const NOT_MADE = gettext("The link could not be made. Please open the link of your email in the other browser.");

/**
 * @param {Window & typeof globalThis} browser
 * @returns {{sentence: string, entering: boolean}|null} null when nothing is in the way; `entering` whether a call can be
 *   entered all the same
 */
export function obstacleIn(browser) {
  const { navigator } = browser;
  if (!browser.RTCPeerConnection?.prototype.addTransceiver || !browser.MediaStream) return { sentence: NO_WEBRTC, entering: false };
  if (!browser.WebSocket) return { sentence: NO_SOCKET, entering: false };
  if (isInApp(navigator)) return { sentence: IN_APP, entering: true };
  if (!browser.isSecureContext) return { sentence: INSECURE, entering: true };
  if (!navigator.mediaDevices?.getUserMedia) return { sentence: NO_CAPTURE, entering: true };
  return null;
}

/** @param {Navigator} navigator */
function isInApp(navigator) {
  const agent = navigator.userAgent;
  // On an iPhone all browsers name Safari; what does not is an app, unless it is a page that was put on the home screen.
  const bare = /iPhone|iPad|iPod/.test(agent) && !/Safari\//.test(agent) && !("standalone" in navigator && navigator.standalone);
  return APPS.test(agent) || bare;
}

/**
 * The way to the other's number, while there is one: the page shows it where it has an obstacle or its network is blocked.
 * @param {import("./state.js").CallConfig} config
 */
export function offerNumber(config) {
  const way = document.querySelector("#by-phone");
  if (!(way instanceof HTMLElement) || !config.events) return;
  listen(config.events, "phone", (told) => (way.hidden = told !== "lent"));
}

/** @param {string} sentence */
export function showObstacle(sentence) {
  find("#obstacle", HTMLElement).hidden = false;
  find("#obstacle-why", HTMLElement).textContent = sentence;
  const form = document.querySelector("#link-form");
  if (!(form instanceof HTMLFormElement)) return;
  const made = find("#link-made", HTMLInputElement);
  const says = find("#link-says", HTMLElement);
  made.onfocus = () => made.select();
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (!made.value) made.value = await makeLink(form);
    made.hidden = !made.value;
    made.focus();
    const copied = made.value && (await navigator.clipboard?.writeText(made.value).then(() => true, () => false));
    says.textContent = copied ? COPIED : made.value ? MADE : NOT_MADE;
  };
}

/**
 * The page's own address opens only where one is signed in already, so the server makes a link.
 * @param {HTMLFormElement} form
 * @returns {Promise<string>} '' when it could not be made
 */
async function makeLink(form) {
  const answer = await fetch(form.action, { method: "POST", body: fieldsOf(form) }).catch(() => null);
  return answer?.ok ? (await answer.json()).link : "";
}
