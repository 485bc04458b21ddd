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
  /** The ids of the devices that were chosen; '' for the browser's choice. */
  chosen = { microphone: "", camera: "" };
  /** Whether the person chose to be muted: holds for every microphone, also one opened later. */
  muted = false;
  /** Who refused a device, when it was last asked for. @type {""|"browser"|"system"} */
  denied = "";
  /** Whether the background of the camera's picture is to be blurred, by browsers that can. */
  blurred = false;
  /** Called when a device goes away by itself: unplugged, or no longer allowed. @type {(what: "microphone"|"camera") => void} */
  lost = () => {};
  /** Called with the camera that is in use now. @type {(camera: MediaStreamTrack|null) => void} */
  filmed = () => {};

  /** Opens both at once, so that the browser asks once; then each alone, when one is missing.
   * @returns {Promise<string>} a sentence about what is missing, or ''
   */
  async openBoth() {
    if (!navigator.mediaDevices?.getUserMedia) return NO_DEVICES;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: this.#audio(), video: this.#video() });
      this.#keep("microphone", stream.getAudioTracks()[0] ?? null);
      this.#keep("camera", stream.getVideoTracks()[0] ?? null);
      this.denied = "";
      return "";
    } catch {
      this.denied = "";
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
    if (!navigator.mediaDevices?.getUserMedia) return NO_DEVICES;
    this.denied = "";
    return sentence(await this.#try(what), what);
  }

  /**
   * Goes on with another device, or with the former one when that cannot be had.
   * @param {"microphone"|"camera"} what
   * @param {string} id
   * @returns {Promise<string>} a sentence about what is missing, or ''
   */
  async choose(what, id) {
    const former = this.chosen[what] || (this[what]?.getSettings().deviceId ?? "");
    this.chosen[what] = id;
    const trouble = await this.open(what);
    if (!trouble || !former || former === id) return trouble;
    this.chosen[what] = former;
    await this.open(what);
    return trouble;
  }

  /**
   * @param {"microphone"|"camera"} what
   * @returns {Promise<string>} the name of the browser's error, or ''
   */
  async #try(what) {
    // A phone has one camera at a time to lend.
    if (what === "camera") this.#keep(what, null);
    try {
      const wanted = what === "camera" ? { video: this.#video() } : { audio: this.#audio() };
      const stream = await navigator.mediaDevices.getUserMedia(wanted);
      this.#keep(what, stream.getTracks()[0] ?? null);
      return "";
    } catch (error) {
      this.#keep(what, null);
      if (!(error instanceof Error)) return "Error";
      if (error.name === "NotAllowedError") this.denied = /system/i.test(error.message) ? "system" : "browser";
      return error.name;
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

  /** Whether the camera in use can blur what is behind the person. */
  get canBlur() {
    const found = /** @type {{backgroundBlur?: boolean[]}|undefined} */ (this.camera?.getCapabilities?.());
    return Boolean(found?.backgroundBlur?.includes(true) && found.backgroundBlur.includes(false));
  }

  /** @param {boolean} blurred */
  async blur(blurred) {
    this.blurred = blurred;
    const wanted = /** @type {MediaTrackConstraints} */ ({ backgroundBlur: blurred });
    if (this.canBlur) await this.camera?.applyConstraints({ ...this.#video(), ...wanted }).catch(() => {});
  }

  /** @param {MediaDeviceKind} kind */
  async list(kind) {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    return all.filter((device) => device.kind === kind);
  }

  #video() {
    return { ...VIDEO, ...(this.chosen.camera && { deviceId: { exact: this.chosen.camera } }) };
  }

  #audio() {
    return { ...AUDIO, ...(this.chosen.microphone && { deviceId: { exact: this.chosen.microphone } }) };
  }

  /**
   * @param {"microphone"|"camera"} what
   * @param {MediaStreamTrack|null} track
   */
  #keep(what, track) {
    this[what]?.stop();
    if (track && what === "microphone") track.enabled = !this.muted;
    if (track) track.onended = () => this[what] === track && this.lost(what);
    this[what] = track;
    if (what === "camera") this.filmed(track);
    if (what === "camera" && this.blurred) void this.blur(true);
  }
}

/**
 * @param {string} error its name, or '' for none
 * @param {"microphone"|"camera"|"both"} what
 */
function sentence(error, what) {
  return error && (SENTENCES[what][error] ?? SENTENCES[what].other);
}
