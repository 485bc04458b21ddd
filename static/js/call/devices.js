/** Camera, microphone and screen: asked for kindly, and missed with a sentence that says how to go on. */

import { gettext } from "../lib/texts.js";

const VIDEO = { width: { ideal: 1280 }, height: { ideal: 720 } };
const AUDIO = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

const NO_DEVICES = gettext("Your browser does not let this page use a camera or microphone. Please open the page over https.");

/** @type {Record<string, Record<string, string>>} by device and the name of the browser's error */
const SENTENCES = {
  microphone: {
    NotAllowedError: gettext(
      "The browser was not allowed to use your microphone. Allow it next to the address bar, or go on without it.",
    ),
    NotFoundError: gettext("No microphone was found. You can go on without it."),
    NotReadableError: gettext("Your microphone is in use by another program. Close that program, or go on without the microphone."),
    OverconstrainedError: gettext("The microphone you chose is no longer there. Choose another, or go on without it."),
    other: gettext("Your microphone could not be used. You can go on without it."),
  },
  camera: {
    NotAllowedError: gettext(
      "The browser was not allowed to use your camera. Allow it next to the address bar, or go on without it.",
    ),
    NotFoundError: gettext("No camera was found. You can go on without it."),
    NotReadableError: gettext("Your camera is in use by another program. Close that program, or go on without the camera."),
    OverconstrainedError: gettext("The camera you chose is no longer there. Choose another, or go on without it."),
    other: gettext("Your camera could not be used. You can go on without it."),
  },
  both: {
    NotAllowedError: gettext(
      "The browser was not allowed to use your camera or microphone. Allow it next to the address bar, or go on without them.",
    ),
    NotFoundError: gettext("No camera or microphone was found. You can go on without them."),
    NotReadableError: gettext("Your camera or microphone is in use by another program. Close that program, or go on without them."),
    OverconstrainedError: gettext(
      "The camera or microphone you chose is no longer there. Choose another, or go on without it.",
    ),
    other: gettext("Your camera or microphone could not be used. You can go on without them."),
  },
};

export class Devices {
  /** @type {MediaStreamTrack|null} */ microphone = null;
  /** @type {MediaStreamTrack|null} */ camera = null;
  /** @type {MediaStreamTrack|null} */ screen = null;
  /** What the own picture shows. */
  preview = new MediaStream();
  microphoneId = "";
  cameraId = "";
  /** Whether the person chose to be muted: holds for every microphone, also one opened later. */
  muted = false;
  /** Called when a device goes away by itself: unplugged, or no longer allowed. @type {(what: "microphone"|"camera") => void} */
  lost = () => {};

  /** Opens both at once, so that the browser asks once; then each alone, when one is missing.
   * @returns {Promise<string>} a sentence about what is missing, or ''
   */
  async openBoth() {
    if (!navigator.mediaDevices) return NO_DEVICES;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: this.#audio(), video: this.#video() });
      this.#keep("microphone", stream.getAudioTracks()[0] ?? null);
      this.#keep("camera", stream.getVideoTracks()[0] ?? null);
      return "";
    } catch {
      const [microphone, camera] = [await this.#try("microphone"), await this.#try("camera")];
      if (microphone === camera) return sentence(camera, "both");
      return [sentence(microphone, "microphone"), sentence(camera, "camera")].filter(Boolean).join(" ");
    }
  }

  /**
   * @param {"microphone"|"camera"} what
   * @returns {Promise<string>} a sentence about what is missing, or ''
   */
  async open(what) {
    return sentence(await this.#try(what), what);
  }

  /**
   * @param {"microphone"|"camera"} what
   * @returns {Promise<string>} the name of the browser's error, or ''
   */
  async #try(what) {
    try {
      const wanted = what === "camera" ? { video: this.#video() } : { audio: this.#audio() };
      const stream = await navigator.mediaDevices.getUserMedia(wanted);
      this.#keep(what, stream.getTracks()[0] ?? null);
      return "";
    } catch (error) {
      this.#keep(what, null);
      return error instanceof Error ? error.name : "Error";
    }
  }

  /** @param {boolean} muted */
  mute(muted) {
    this.muted = muted;
    if (this.microphone) this.microphone.enabled = !muted;
  }

  /**
   * @param {() => void} ended called when sharing ends, also from the browser's own bar
   * @returns {Promise<boolean>} false when the person thought better of it
   */
  async share(ended) {
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } } });
      this.screen = stream.getVideoTracks()[0] ?? null;
      if (this.screen) this.screen.contentHint = "detail";
      this.screen?.addEventListener("ended", ended);
      return this.screen !== null;
    } catch {
      return false;
    }
  }

  /** @param {"microphone"|"camera"|"screen"} what */
  stop(what) {
    this[what]?.stop();
    if (what === "screen") this.screen = null;
    else this.#keep(what, null);
  }

  stopAll() {
    for (const what of /** @type {const} */ (["microphone", "camera", "screen"])) this.stop(what);
  }

  /** @param {MediaDeviceKind} kind */
  async list(kind) {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    return all.filter((device) => device.kind === kind);
  }

  #video() {
    return { ...VIDEO, ...(this.cameraId && { deviceId: { exact: this.cameraId } }) };
  }

  #audio() {
    return { ...AUDIO, ...(this.microphoneId && { deviceId: { exact: this.microphoneId } }) };
  }

  /**
   * @param {"microphone"|"camera"} what
   * @param {MediaStreamTrack|null} track
   */
  #keep(what, track) {
    const old = this[what];
    old?.stop();
    if (old && what === "camera") this.preview.removeTrack(old);
    if (track && what === "camera") this.preview.addTrack(track);
    if (track && what === "microphone") track.enabled = !this.muted;
    if (track) track.onended = () => this[what] === track && this.lost(what);
    this[what] = track;
  }
}

/**
 * @param {string} error its name, or '' for none
 * @param {"microphone"|"camera"|"both"} what
 */
function sentence(error, what) {
  return error && (SENTENCES[what][error] ?? SENTENCES[what].other);
}
