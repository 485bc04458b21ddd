/**
 * The call in a small window above other programs: with everybody, 'Mute' and 'Leave' where the browser has such windows
 * for documents, else with one picture, on which some browsers show these two themselves.
 */

import { find } from "../lib/dom.js";

const SIZE = { width: 380, height: 320 };
const BUTTONS = ["#mute", "#leave"];
const TEXTS = [".name", ".way", ".says", ".initials"];

/**
 * @param {import("./call.js").Call} call
 * @param {{toggleMicrophone: () => void}} controls
 * @returns {() => Promise<void>} opens or closes it
 */
export function smallWindow(call, controls) {
  const pictures = /** @type {any} */ (window).documentPictureInPicture;
  if (!pictures) return () => toggleVideo(call, controls);
  /** @type {Window|null} */ let open = null;
  call.store.watch((state) => {
    if (state.phase !== "in") open?.close();
    else if (open) mirror(open.document);
  });
  return async () => {
    if (open) return open.close();
    // Refused: the page stays as it is.
    const opened = await pictures.requestWindow(SIZE).catch(() => null);
    if (!opened) return;
    open = opened;
    opened.addEventListener("pagehide", () => void (open = null));
    prepare(opened.document);
    mirror(opened.document);
  };
}

/** @param {Document} page */
function prepare(page) {
  const { lang, dir } = document.documentElement;
  Object.assign(page.documentElement, { lang, dir });
  page.title = document.title;
  for (const sheet of document.querySelectorAll("link[rel=stylesheet]")) page.head.append(sheet.cloneNode());
  const call = make("main", "call small-window");
  call.dataset.phase = "in";
  const bar = make("div", "controls");
  for (const name of BUTTONS) {
    const button = find(name, HTMLButtonElement);
    const copy = /** @type {HTMLButtonElement} */ (button.cloneNode(true));
    copy.removeAttribute("aria-keyshortcuts");
    copy.removeAttribute("title");
    copy.onclick = () => button.click();
    bar.append(copy);
  }
  const title = make("h1", "sr");
  title.textContent = find("#lobby-title", HTMLElement).textContent;
  call.append(title, make("div", "stage"), bar);
  page.body.append(call);
}

/** Shows there what stands here. @param {Document} page */
function mirror(page) {
  const here = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#stage .tile"));
  const stage = /** @type {HTMLElement} */ (page.querySelector(".stage"));
  stage.dataset.large = find("#stage", HTMLElement).dataset.large;
  const copies = [...stage.children].map((each) => /** @type {HTMLElement} */ (each));
  for (const copy of copies) {
    if ([...here].some((tile) => isOf(copy, tile))) continue;
    for (const video of copy.querySelectorAll("video")) video.srcObject = null;
    copy.remove();
  }
  for (const tile of here) {
    let copy = copies.find((each) => isOf(each, tile));
    if (!copy) {
      copy = /** @type {HTMLElement} */ (tile.cloneNode(true));
      copy.querySelector(".enlarge")?.remove();
      stage.append(copy);
    }
    mirrorTile(tile, copy);
  }
  for (const name of BUTTONS) {
    const [button, copy] = [document, page].map((each) => /** @type {HTMLElement} */ (each.querySelector(name)));
    Object.assign(copy.dataset, button.dataset);
    /** @type {HTMLElement} */ (copy.querySelector("span")).textContent = button.querySelector("span")?.textContent ?? "";
  }
}

/**
 * @param {HTMLElement} tile
 * @param {HTMLElement} copy
 */
function mirrorTile(tile, copy) {
  Object.assign(copy.dataset, tile.dataset);
  for (const name of TEXTS) /** @type {HTMLElement} */ (copy.querySelector(name)).textContent = tile.querySelector(name)?.textContent ?? "";
  for (const name of [".face", ".screen"]) {
    const [from, to] = [tile, copy].map((each) => /** @type {HTMLVideoElement} */ (each.querySelector(name)));
    // The page goes on with the sound.
    to.muted = true;
    if (to.srcObject === from.srcObject) continue;
    to.srcObject = from.srcObject;
    void to.play().catch(() => {});
  }
}

/**
 * @param {HTMLElement} copy
 * @param {HTMLElement} tile
 */
function isOf(copy, tile) {
  return copy.dataset.person === tile.dataset.person;
}

/**
 * @param {import("./call.js").Call} call
 * @param {{toggleMicrophone: () => void}} controls
 */
async function toggleVideo(call, controls) {
  if (document.pictureInPictureElement) return document.exitPictureInPicture();
  const shown = document.querySelector(".tile[data-screen=on] .screen") ?? document.querySelector(".tile .face");
  if (!(shown instanceof HTMLVideoElement)) return;
  /** @type {[string, () => void][]} */
  const actions = [
    ["togglemicrophone", controls.toggleMicrophone],
    ["hangup", () => call.leave()],
  ];
  for (const [name, act] of actions) {
    try {
      navigator.mediaSession.setActionHandler(/** @type {any} */ (name), act);
    } catch {
      // Not in this browser.
    }
  }
  // Refused, as while there is no picture yet.
  await shown.requestPictureInPicture().catch(() => null);
}

/**
 * @param {string} tag
 * @param {string} className
 */
function make(tag, className) {
  return Object.assign(document.createElement(tag), { className });
}
