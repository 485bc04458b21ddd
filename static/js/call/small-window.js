/**
 * The other's picture in a small window above all others: with the buttons of the call where the browser has such windows
 * for pages, else the picture alone.
 */

import { find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";

const SIZE = { width: 420, height: 320 };
const BUTTONS = ["#mute", "#camera", "#leave"];

/**
 * @param {import("./call.js").Call} call
 * @param {HTMLElement} page
 * @returns {() => void} opens or closes it
 */
export function offerSmallWindow(call, page) {
  const button = find("#small-window", HTMLButtonElement);
  const stage = find("#stage", HTMLElement);
  const place = new Comment();
  const windows = /** @type {any} */ (window).documentPictureInPicture;
  /** @type {Window|null} */
  let opened = null;
  button.hidden = !windows && !document.pictureInPictureEnabled;

  const openWindow = async () => {
    /** @type {Window} */
    const small = await windows.requestWindow(SIZE);
    opened = small;
    const { document: inside } = small;
    inside.documentElement.lang = document.documentElement.lang;
    inside.documentElement.dir = document.documentElement.dir;
    inside.title = document.title;
    for (const sheet of document.querySelectorAll("link[rel=stylesheet]")) inside.head.append(sheet.cloneNode());
    const frame = /** @type {HTMLElement} */ (page.cloneNode(false));
    frame.classList.add("small");
    const bar = document.createElement("div");
    bar.className = "controls";
    const copies = BUTTONS.map((id) => copyOf(find(id, HTMLButtonElement)));
    bar.append(...copies.map(({ copy }) => copy));
    stage.replaceWith(place);
    frame.append(stage, bar);
    inside.body.append(frame);
    const draw = () => {
      Object.assign(frame.dataset, page.dataset);
      for (const { copy, original } of copies) {
        copy.replaceChildren(...[...original.childNodes].map((node) => node.cloneNode(true)));
        copy.dataset.on = original.dataset.on;
      }
    };
    // After those who draw the page itself.
    const watching = new MutationObserver(draw);
    watching.observe(page, { attributes: true, childList: true, characterData: true, subtree: true });
    draw();
    small.addEventListener("pagehide", () => {
      watching.disconnect();
      place.replaceWith(stage);
      opened = null;
      if (call.store.state.phase === "in") button.focus();
    });
  };

  const toggle = async () => {
    if (opened) return opened.close();
    if (document.pictureInPictureElement) return void document.exitPictureInPicture();
    const face = [...stage.querySelectorAll("video")].find((video) => video.videoWidth && video.checkVisibility?.() !== false);
    // Refused: everything stays as it is.
    await (windows ? openWindow() : face?.requestPictureInPicture())?.catch(() => {});
  };
  button.onclick = () => void toggle();
  button.title = gettext("Small window");
  call.store.watch((state) => {
    if (state.phase !== "left") return;
    opened?.close();
    if (document.pictureInPictureElement) void document.exitPictureInPicture().catch(() => {});
  });
  return () => void toggle();
}

/**
 * A button that presses the other: the page's own stay where its scripts look for them.
 * @param {HTMLButtonElement} original
 */
function copyOf(original) {
  const copy = document.createElement("button");
  copy.className = original.className;
  copy.dataset.copy = original.id;
  copy.onclick = () => original.click();
  return { copy, original };
}
