/** A picture for the chat: made small enough for a message. */

import { LONGEST_TEXT, MOST_CHARACTERS } from "./chat-message.js";

const SIZES = [800, 640, 480, 320, 200];
/** What is left for the text beside it, of which a character may take three bytes. */
const MOST = MOST_CHARACTERS - 3 * LONGEST_TEXT - 100;

/**
 * @param {Blob} file
 * @returns {Promise<string>} a data URL, or '' when it is no picture
 */
export async function shrink(file) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return "";
  for (const size of SIZES) {
    const scale = Math.min(1, size / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [bitmap.width * scale, bitmap.height * scale].map((side) => Math.max(1, Math.round(side)));
    const context = canvas.getContext("2d");
    if (!context) return "";
    // What is transparent would be black in a JPEG.
    context.fillStyle = "white";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    for (const quality of [0.8, 0.6]) {
      const url = canvas.toDataURL("image/jpeg", quality);
      if (url.length <= MOST) return url;
    }
  }
  return "";
}

/**
 * @param {DataTransfer|null} data what was pasted or dropped
 * @returns {File|undefined}
 */
export function pictureIn(data) {
  return [...(data?.files ?? [])].find((file) => file.type.startsWith("image/"));
}
