/** The button for the call in a small window above other programs, in browsers that can. What it takes is loaded then. */

import { find } from "../lib/dom.js";

/**
 * @param {import("./call.js").Call} call
 * @param {{toggleMicrophone: () => void}} controls
 */
export function offerSmallWindow(call, controls) {
  const button = find("#small-window", HTMLButtonElement);
  button.hidden = !("documentPictureInPicture" in window) && !document.pictureInPictureEnabled;
  /** @type {Promise<() => Promise<void>>|undefined} */ let loaded;
  button.onclick = async () => {
    loaded ??= import("./picture-in-picture.js").then(({ smallWindow }) => smallWindow(call, controls));
    await (await loaded)();
  };
}
