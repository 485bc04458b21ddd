/** The others: a tile each, with what is on and whether they are there. */

import { find, initials } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";
import { sayUnreadable } from "./encryption-panel.js";
import { Playback } from "./playback.js";

/**
 * @typedef {import("./state.js").Other} Other
 * @typedef {import("./peer.js").Slot} Slot
 */

/** @type {Record<string, string>} */
const WAYS = { weak: gettext("weak connection"), poor: gettext("poor connection") };
const SOUND_ONLY = gettext("sound only");
/** @type {Record<string, string>} */
const SAYS = { reconnecting: gettext("Reconnecting…"), waiting: gettext("About to enter…") };

export class Stage {
  /** @type {Map<string, HTMLElement>} */ #tiles = new Map();
  /** @type {import("./state.js").CallState["unreadable"]} */ #unreadable = [];
  /** Whom one has chosen to see large; '' for nobody. */ #chosen = "";
  /** Draws again what was shown last. */ #again = () => {};
  /** The id of the speaker that was chosen; '' for the system's. */
  speaker = "";

  /**
   * @param {HTMLElement} element
   * @param {(slot: number) => Slot|undefined} slotOf
   * @param {{firstFrame: () => void, silenced: (silent: boolean) => void}} listener
   */
  constructor(element, slotOf, listener) {
    this.element = element;
    this.slotOf = slotOf;
    this.listener = listener;
    this.playback = new Playback(listener.silenced);
    this.template = find("#tile", HTMLTemplateElement);
  }

  /**
   * @param {readonly Other[]} people
   * @param {boolean} inCall
   * @param {import("./state.js").CallState["unreadable"]} unreadable
   */
  show(people, inCall, unreadable) {
    this.#unreadable = unreadable;
    this.#again = () => this.show(people, inCall, unreadable);
    const there = inCall ? people.filter((other) => other.slot !== null) : [];
    for (const [person, tile] of this.#tiles) {
      if (there.some((other) => other.person === person)) continue;
      for (const video of tile.querySelectorAll("video")) this.playback.remove(video);
      tile.remove();
      this.#tiles.delete(person);
    }
    for (const other of there) this.#draw(this.#tiles.get(other.person) ?? this.#add(other), other);
    const chosen = there.some(({ person }) => person === this.#chosen);
    const isLarge = (/** @type {Other} */ other) => (chosen ? other.person === this.#chosen : other.screen);
    for (const other of there) /** @type {HTMLElement} */ (this.#tiles.get(other.person)).dataset.large = String(isLarge(other));
    this.element.dataset.large = String(there.some(isLarge));
  }

  /** @param {string} person */
  #enlarge(person) {
    this.#chosen = this.#chosen === person ? "" : person;
    this.#again();
  }

  /** A connection that ends takes its picture along: keeps it on show until the next one has a picture. */
  keepPictures() {
    for (const video of this.element.querySelectorAll("video")) if (video.videoWidth) video.poster = pictureOf(video);
  }

  get canChooseSpeaker() {
    return "setSinkId" in HTMLMediaElement.prototype;
  }

  /**
   * @param {string} speaker
   * @returns {Promise<boolean>} whether the sound comes from there now
   */
  async speakThrough(speaker) {
    const faces = /** @type {NodeListOf<HTMLVideoElement>} */ (this.element.querySelectorAll("video.face"));
    const before = this.speaker;
    // Also for those who come while it is being changed.
    this.speaker = speaker;
    try {
      for (const face of faces) await face.setSinkId(speaker);
      return true;
    } catch {
      this.speaker = before;
      return false;
    }
  }

  /** @param {Other} other */
  #add(other) {
    const tile = /** @type {HTMLElement} */ (find(".tile", HTMLElement, /** @type {any} */ (this.template.content)).cloneNode(true));
    const face = find(".face", HTMLVideoElement, tile);
    face.dataset.peer = other.person;
    const screen = find(".screen", HTMLVideoElement, tile);
    screen.dataset.screen = other.person;
    for (const video of [face, screen]) this.playback.add(video);
    if (this.speaker) void face.setSinkId(this.speaker).catch(() => {});
    face.onresize = () => (tile.dataset.shape = face.videoWidth < face.videoHeight ? "tall" : "wide");
    if ("requestVideoFrameCallback" in face) face.requestVideoFrameCallback(() => this.listener.firstFrame());
    else /** @type {HTMLVideoElement} */ (face).addEventListener("loadeddata", () => this.listener.firstFrame());
    find(".enlarge", HTMLButtonElement, tile).onclick = () => this.#enlarge(other.person);
    this.#tiles.set(other.person, tile);
    this.element.append(tile);
    return tile;
  }

  /**
   * @param {HTMLElement} tile
   * @param {Other} other
   */
  #draw(tile, other) {
    Object.assign(tile.dataset, {
      person: other.person,
      here: other.here,
      microphone: other.microphone ? "on" : "off",
      camera: other.camera ? "on" : "off",
      screen: other.screen ? "on" : "off",
      connection: other.connection,
      hand: other.hand ? "up" : "down",
    });
    find(".way", HTMLElement, tile).textContent = other.sound_only ? SOUND_ONLY : (WAYS[other.connection] ?? "");
    tile.setAttribute("aria-label", other.name);
    const enlarge = find(".enlarge", HTMLButtonElement, tile);
    enlarge.setAttribute("aria-pressed", String(this.#chosen === other.person));
    enlarge.title = gettext("Show %(name)s large", { name: other.name });
    enlarge.setAttribute("aria-label", enlarge.title);
    find(".name", HTMLElement, tile).textContent = other.name;
    find(".initials", HTMLElement, tile).textContent = initials(other.name);
    const unreadable = this.#unreadable.find(({ person }) => person === other.person);
    find(".says", HTMLElement, tile).textContent = unreadable ? sayUnreadable(other.name, unreadable.sound) : (SAYS[other.here] ?? "");
    tile.dataset.unreadable = String(Boolean(unreadable));
    const slot = other.slot === null ? undefined : this.slotOf(other.slot);
    this.#give(find(".face", HTMLVideoElement, tile), slot?.face);
    this.#give(find(".screen", HTMLVideoElement, tile), slot?.screen);
  }

  /**
   * @param {HTMLVideoElement} video
   * @param {MediaStream|undefined} stream
   */
  #give(video, stream) {
    if (!stream || video.srcObject === stream) return;
    video.srcObject = stream;
    void this.playback.play(video);
  }
}

/** @param {HTMLVideoElement} video */
function pictureOf(video) {
  const canvas = Object.assign(document.createElement("canvas"), { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return canvas.toDataURL("image/jpeg", 0.7);
}
