/** The browser's own models of languages: which it has, and getting one that somebody asked for. */

const ANSWER_WITHIN = 10_000;
const DOWNLOAD_WITHIN = 60_000;
const LOOK_EVERY = 2000;

/** Those that Chromium and Chrome recognise on the device. */
export const LANGUAGES = "de-DE en-US es-ES fr-FR hi-IN id-ID it-IT ja-JP ko-KR pl-PL pt-BR ru-RU th-TH tr-TR vi-VN zh-CN zh-TW".split(" ");

/** @typedef {"looking"|"available"|"downloadable"|"downloading"|"unavailable"|"late"|"refused"} ModelState */

/** The one of LANGUAGES for a language tag, or the tag itself. @param {string} tag */
export function closest(tag) {
  const [language] = tag.toLowerCase().split("-");
  return LANGUAGES.find((each) => each === tag) ?? LANGUAGES.find((each) => each.split("-")[0] === language) ?? tag;
}

export class Models {
  /** @type {Map<string, ModelState>} */ #states = new Map();

  /**
   * @param {any} Recognition
   * @param {() => void} changed
   */
  constructor(Recognition, changed) {
    this.Recognition = Recognition;
    this.changed = changed;
  }

  /** What is known of it; it is looked for when nothing is. @param {string} language @returns {ModelState} */
  state(language) {
    const known = this.#states.get(language);
    if (known) return known;
    this.#states.set(language, "looking");
    void this.#look(language).then((found) => {
      // Another page is getting it already.
      if (found === "downloading") void this.#await(language, this.#arrival(language));
      else this.#set(language, found);
    });
    return "looking";
  }

  /** Gets it, as somebody asked for it. @param {string} language */
  async download(language) {
    const installed = this.Recognition.install({ langs: [language], processLocally: true }).catch(() => false);
    await this.#await(language, installed);
  }

  /**
   * @param {string} language
   * @param {Promise<boolean>} arrival
   */
  async #await(language, arrival) {
    this.#set(language, "downloading");
    const came = await within(DOWNLOAD_WITHIN, arrival);
    if (came === null) return this.#set(language, "late");
    this.#set(language, came && (await this.#look(language)) === "available" ? "available" : "refused");
  }

  /** @param {string} language @returns {Promise<boolean>} */
  async #arrival(language) {
    const until = Date.now() + DOWNLOAD_WITHIN;
    while (Date.now() < until) {
      await new Promise((done) => setTimeout(done, LOOK_EVERY));
      const found = await this.#look(language);
      if (found !== "downloading") return found === "available";
    }
    return false;
  }

  /** @param {string} language @returns {Promise<ModelState>} */
  async #look(language) {
    const asked = Promise.resolve(this.Recognition.available({ langs: [language], processLocally: true }));
    return (await within(ANSWER_WITHIN, asked.catch(() => "unavailable"))) ?? "unavailable";
  }

  /**
   * @param {string} language
   * @param {ModelState} state
   */
  #set(language, state) {
    this.#states.set(language, state);
    this.changed();
  }
}

/**
 * @template T
 * @param {number} limit ms
 * @param {Promise<T>} promise
 * @returns {Promise<T|null>} null where it takes longer
 */
function within(limit, promise) {
  return Promise.race([promise, /** @type {Promise<null>} */ (new Promise((late) => setTimeout(() => late(null), limit)))]);
}
