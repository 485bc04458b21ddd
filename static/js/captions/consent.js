/**
 * Who wants captions of whom, and who allows them. A reader asks again and again; the speaker's browser answers what they
 * chose. A yes that is not confirmed is none any more, so that one that was taken back cannot last. Pure.
 */

export const ASK_EVERY = 15_000;
/** Without an answer, or a question, for so long there is none any more. */
export const LASTS = 40_000;

/**
 * @typedef {"yes"|"no"} Answer
 * @typedef {{says: "asked"|Answer, language: string, at: number}} Told
 * @typedef {(to: string, says: string, language?: string) => void} Send
 */

export class Consent {
  /** What those whom we asked say. @type {Map<string, Told>} */ told = new Map();
  /** When somebody last asked us. @type {Map<string, number>} */ #asked = new Map();

  /**
   * @param {Send} send
   * @param {Record<string, Answer>} answers what we answered in this call, by person
   * @param {string} language that we speak
   * @param {() => number} now
   */
  constructor(send, answers, language, now) {
    this.send = send;
    this.answers = answers;
    this.language = language;
    this.now = now;
  }

  /** As a reader. @param {readonly string[]} people */
  ask(people) {
    for (const person of people) {
      if (!this.told.has(person)) this.told.set(person, { says: "asked", language: "", at: this.now() });
      this.send(person, "ask");
    }
  }

  /** As a reader: no captions of anybody any more. */
  end() {
    for (const person of this.told.keys()) this.send(person, "end");
    this.told.clear();
  }

  /** As a speaker. @param {string} person @param {Answer} answer */
  answer(person, answer) {
    this.answers[person] = answer;
    this.send(person, answer, answer === "yes" ? this.language : "");
  }

  /** @param {{person: string, says: string, language: string}} message */
  hear({ person, says, language }) {
    if (says === "end") this.#asked.delete(person);
    if (says === "ask") {
      this.#asked.set(person, this.now());
      const answer = this.answers[person];
      if (answer) this.answer(person, answer);
    }
    // An answer that nobody asked for is none.
    if ((says === "yes" || says === "no") && this.told.has(person)) this.told.set(person, { says, language, at: this.now() });
  }

  /** Whether this person's speech may be recognised now. @param {string} person */
  allows(person) {
    const told = this.told.get(person);
    return told?.says === "yes" && this.now() - told.at < LASTS;
  }

  /** Whether this person wants captions of what we say. @param {string} person */
  isAskedBy(person) {
    return this.now() - (this.#asked.get(person) ?? -Infinity) < LASTS;
  }
}
