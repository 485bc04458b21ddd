/** The lines that are shown: the last two, and only for a while. Nothing else of what was said is kept. Pure. */

const SHOWN = 2;
const SHOWN_FOR = 10_000;
const LONGEST = 200;

/** @typedef {{person: string, name: string, text: string, final: boolean, at: number}} Line */

export class Lines {
  /** @type {Line[]} */ #lines = [];

  /**
   * Takes a line, in the place of the unfinished one of the same person.
   * @param {Line} line
   */
  add(line) {
    const going = this.#lines.findIndex(({ person, final }) => person === line.person && !final);
    const kept = { ...line, text: endOf(line.text) };
    if (going >= 0) this.#lines[going] = kept;
    else this.#lines.push(kept);
    this.#lines = this.#lines.slice(-SHOWN);
  }

  /** @param {string} person whose words are no longer to be seen */
  remove(person) {
    this.#lines = this.#lines.filter((line) => line.person !== person);
  }

  /**
   * @param {number} now
   * @returns {readonly Line[]}
   */
  shown(now) {
    this.#lines = this.#lines.filter(({ at }) => now - at < SHOWN_FOR);
    return this.#lines;
  }
}

/**
 * Of a long sentence, the last words.
 * @param {string} text
 */
export function endOf(text) {
  if (text.length <= LONGEST) return text;
  const end = text.slice(-LONGEST);
  return `…${end.slice(end.indexOf(" ") + 1)}`;
}
