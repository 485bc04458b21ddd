/** Shows how loud a microphone is, so that people see that it works. */

import { Loudness } from "./loudness.js";

/** @type {AudioContext|null} */
let context = null;

/**
 * @param {MediaStreamTrack|null} track
 * @param {HTMLMeterElement} meter
 */
export function watchLevel(track, meter) {
  if (context && context.state !== "closed") void context.close();
  context = null;
  meter.value = 0;
  // Some browsers are locked down without it.
  if (!track || !("AudioContext" in window)) return;
  const own = new AudioContext();
  context = own;
  const loudness = new Loudness(own, track);
  const look = () => {
    if (own !== context || track.readyState === "ended") return;
    meter.value = Math.min(1, loudness.sinceLastLook() * 4);
    if (meter.offsetParent) setTimeout(look, 100);
    else void own.close();
  };
  look();
  // Before the first touch of the page a browser may keep the measuring asleep.
  for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => own.state === "suspended" && void own.resume(), { once: true });
}
