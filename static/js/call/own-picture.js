/** One's own picture: mirrored as in a mirror, unless the camera looks the other way. */

/** A system gives devices back by itself a moment after an interruption, if it does. */
const PATIENCE = 1000;

/**
 * @param {HTMLVideoElement} video
 * @param {MediaStreamTrack|null} camera
 */
export function showOwn(video, camera) {
  // An empty stream would keep the page loading for ever.
  video.srcObject = camera && new MediaStream([camera]);
  video.dataset.mirrored = String(!camera || !looksAway(camera));
}

/**
 * Whether it is a phone's rear camera. Firefox says so in the camera's name only.
 * @param {MediaStreamTrack} camera
 */
function looksAway(camera) {
  const facing = camera.getSettings().facingMode;
  return facing ? facing === "environment" : /\b(back|rear)\b/i.test(camera.label);
}

/**
 * A system that interrupted the page (a phone call, an assistant) leaves the picture paused, and a device without sound or
 * picture: when the page is seen again it goes on.
 * @param {import("./call.js").Call} call
 * @param {HTMLVideoElement} video
 */
export function resumeOwn(call, video) {
  const { devices } = call;
  const seen = () => !document.hidden && call.store.state.phase !== "left";
  const resume = async () => {
    if (!seen()) return;
    if (video.srcObject && video.paused) void video.play().catch(() => {});
    const paused = /** @type {const} */ (["microphone", "camera"]).filter((what) => devices[what]?.muted);
    for (const what of paused) await devices.open(what);
    if (paused.length) await call.sendTracks();
  };
  for (const [target, event] of /** @type {[EventTarget, string][]} */ ([[document, "visibilitychange"], [video, "pause"]])) {
    target.addEventListener(event, () => void (seen() && setTimeout(resume, PATIENCE)));
  }
}
