/**
 * Keeps the others' pictures and sound playing. A browser may hold them back until a click, and a system that interrupts
 * the page (a phone call, an assistant, a low battery) pauses them: they are played again as soon as that is allowed.
 */

/** How soon after a pause to play again: a system that insists would be asked without end. */
const AGAIN_AFTER = 500;

export class Playback {
  /** @type {Set<HTMLVideoElement>} */ #videos = new Set();
  /** Those that wait for a click. @type {Set<HTMLVideoElement>} */ #held = new Set();

  /** @param {(held: boolean) => void} changed called with whether anything waits for a click */
  constructor(changed) {
    this.changed = changed;
    document.addEventListener("visibilitychange", () => void this.#seen());
    addEventListener("focus", () => void this.#seen());
  }

  /** @param {HTMLVideoElement} video */
  add(video) {
    this.#videos.add(video);
    video.addEventListener("pause", () => setTimeout(() => void this.#seen(), AGAIN_AFTER));
    // A picture of which nothing has come yet waits, but is not held back.
    video.addEventListener("play", () => this.#set(video, false));
  }

  /**
   * Lets go of what it shows: a browser has only so many players, and frees one late if it still has a stream.
   * @param {HTMLVideoElement} video
   */
  remove(video) {
    this.#videos.delete(video);
    this.#set(video, false);
    video.srcObject = null;
  }

  /** Plays all that should be playing; from a click, also what was held back. */
  async playAll() {
    await Promise.all([...this.#videos].map((video) => this.play(video)));
  }

  /** @param {HTMLVideoElement} video */
  async play(video) {
    if (!video.srcObject) return;
    try {
      await video.play();
    } catch (error) {
      // Any other error is that of a stream which was replaced before it began.
      if (error instanceof Error && error.name === "NotAllowedError") this.#set(video, true);
    }
  }

  async #seen() {
    if (document.hidden) return;
    for (const video of this.#videos) if (video.paused) await this.play(video);
  }

  /**
   * @param {HTMLVideoElement} video
   * @param {boolean} held
   */
  #set(video, held) {
    if (held && this.#videos.has(video)) this.#held.add(video);
    else this.#held.delete(video);
    this.changed(this.#held.size > 0);
  }
}
