/**
 * Recognition of one person's speech, on this device and nowhere else: it is never begun without `processLocally`. Pure but
 * for the browser's own recognition.
 */

/** A run that lasts so long, or hears something, is a good one. */
const GOOD_AFTER = 5000;
const FIRST_WAIT = 250;
const LONGEST_WAIT = 8000;
const QUIET_WAIT = 1000;
/** So many runs may end early in a row. */
const MOST_FAILURES = 6;
/** What another try does not change. A service in the network is not meant to be there at all. */
const FATAL = new Set(["not-allowed", "service-not-allowed", "language-not-supported", "audio-capture", "network"]);

/** @typedef {{text: string, final: boolean}} Heard */

/**
 * What recognises speech on the device, from a given track; null where the browser has no such thing. On phones it would
 * listen to the own microphone instead.
 * @param {any} scope
 */
export function localRecognition(scope) {
  const found = scope.SpeechRecognition;
  const phone = scope.navigator?.userAgentData?.mobile || /Android|iPhone|iPad/.test(scope.navigator?.userAgent ?? "");
  const able = typeof found === "function" && "processLocally" in found.prototype && found.available && found.install;
  return able && !phone ? found : null;
}

export class Listener {
  /** @type {any} */ #running = null;
  #timer = 0;
  #failures = 0;

  /**
   * @param {any} Recognition
   * @param {MediaStreamTrack} track
   * @param {string} language
   * @param {{heard: (parts: Heard[]) => void, failed: (why: string) => void}} listener
   */
  constructor(Recognition, track, language, listener) {
    this.Recognition = Recognition;
    this.track = track;
    this.language = language;
    this.listener = listener;
    this.#run();
  }

  /** Ends it at once: what is still under way is not heard any more. */
  stop() {
    clearTimeout(this.#timer);
    const running = this.#running;
    this.#running = null;
    running?.abort();
  }

  #run() {
    const run = new this.Recognition();
    run.processLocally = true;
    if (run.processLocally !== true) return this.listener.failed("not-local");
    Object.assign(run, { lang: this.language, continuous: true, interimResults: true });
    this.#running = run;
    const begun = Date.now();
    let good = false;
    let quiet = false;
    run.onresult = (/** @type {any} */ event) => {
      if (run !== this.#running) return;
      good = true;
      this.listener.heard(partsOf(event));
    };
    run.onerror = (/** @type {any} */ event) => {
      if (run !== this.#running) return;
      quiet = event.error === "no-speech";
      if (FATAL.has(event.error)) this.#fail(event.error);
    };
    run.onend = () => {
      if (run !== this.#running) return;
      if (good || Date.now() - begun >= GOOD_AFTER) this.#failures = 0;
      else if (!quiet) this.#failures += 1;
      this.#again(quiet);
    };
    try {
      run.start(this.track);
    } catch {
      this.#fail("not-started");
    }
  }

  /** @param {boolean} quiet */
  #again(quiet) {
    this.#running = null;
    if (this.#failures > MOST_FAILURES) return this.listener.failed("ended");
    const wait = Math.min(FIRST_WAIT * 2 ** this.#failures, LONGEST_WAIT);
    this.#timer = setTimeout(() => this.#run(), quiet ? Math.max(wait, QUIET_WAIT) : wait);
  }

  /** @param {string} why */
  #fail(why) {
    this.stop();
    this.listener.failed(why);
  }
}

/**
 * What is new: sentences that are done, and the one that is still being spoken.
 * @param {any} event
 * @returns {Heard[]}
 */
export function partsOf({ resultIndex, results }) {
  /** @type {Heard[]} */
  const parts = [];
  let rest = "";
  for (let index = resultIndex; index < results.length; index += 1) {
    const { transcript } = results[index][0];
    if (results[index].isFinal) parts.push({ text: transcript.trim(), final: true });
    else rest += transcript;
  }
  if (rest.trim()) parts.push({ text: rest.trim(), final: false });
  return parts.filter(({ text }) => text);
}
