/** 'Captions' in the settings of the call: for who reads them, and for who is asked. */

import { find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";
import { LANGUAGES } from "./models.js";
import { make } from "../room/elements.js";
import { write } from "./elements.js";

const NOT_HERE = gettext("Captions are not in this browser. Desktop Chromium or Chrome from version 139 has them.");
const HOW = gettext("They are made in your browser from the sound that you hear, after the other has said yes. They are not stored.");

/**
 * @typedef {import("./captions.js").Captions} Captions
 * @typedef {import("../call/state.js").Other} Other
 * @typedef {{group: HTMLElement, select: HTMLSelectElement, state: HTMLElement, download: HTMLButtonElement}} Row
 */

export class Panel {
  /** @type {Map<string, Row>} */ #speakers = new Map();
  /** @type {Map<string, {label: HTMLElement, box: HTMLInputElement}>} */ #readers = new Map();
  #names = new Intl.DisplayNames([document.documentElement.lang], { type: "language" });

  /** @param {Captions} captions */
  constructor(captions) {
    this.captions = captions;
    this.on = make("input", { type: "checkbox", id: "captions-on" });
    this.on.onchange = () => captions.switch(this.on.checked);
    const aloud = make("input", { type: "checkbox", checked: captions.look.aloud });
    aloud.onchange = () => captions.wish({ aloud: aloud.checked });
    this.speakers = make("div", {});
    this.readers = make("div", {});
    this.rest = make(
      "div",
      { hidden: true },
      this.speakers,
      this.#choice("size", gettext("Size"), { small: gettext("Small"), medium: gettext("Medium"), large: gettext("Large") }),
      this.#choice("place", gettext("Position"), { over: gettext("Over the picture's lower edge"), below: gettext("Below the pictures") }),
      this.#choice("contrast", gettext("Contrast"), { dark: gettext("Light on dark"), light: gettext("Dark on light") }),
      make("label", { className: "check" }, aloud, gettext("A screen reader reads the captions, too")),
    );
    const reading = captions.recognition
      ? [make("label", { className: "check" }, this.on, gettext("Show captions")), make("p", { className: "soft", textContent: HOW }), this.rest]
      : [make("p", { textContent: NOT_HERE })];
    const title = make("h3", { id: "captions-title", textContent: gettext("Captions") });
    const section = make("section", { className: "captions-settings" }, title, ...reading, this.readers);
    section.setAttribute("aria-labelledby", title.id);
    find("#settings-dialog > .actions", HTMLElement).before(section);
  }

  draw() {
    const { captions } = this;
    const { others } = captions;
    this.on.checked = captions.on;
    this.rest.hidden = !captions.on;
    for (const [person, { group }] of this.#speakers) group.hidden = !others.some((other) => other.person === person);
    for (const other of others) if (captions.on) this.#drawSpeaker(other);
    for (const [person, { label }] of this.#readers) label.hidden = !others.some((other) => other.person === person);
    for (const other of others) this.#drawReader(other);
  }

  /** Where the captions of this person stand. @param {Other} other */
  sentence({ person, name }) {
    const { captions } = this;
    if (captions.trouble) return captions.trouble;
    const told = captions.consent.told.get(person)?.says;
    if (told === "no") return gettext("%(name)s would rather have no captions.", { name });
    const language = this.nameOf(captions.languageOf(person));
    const model = captions.models.state(captions.languageOf(person));
    if (model === "unavailable") return gettext("This browser has no captions for this language: %(language)s.", { language });
    if (model === "downloadable") return gettext("Captions need a download: %(language)s. See the settings.", { language });
    if (model === "downloading") return gettext("It is being downloaded: %(language)s…", { language });
    if (model === "late") return gettext("The download has not come within a minute: %(language)s. Please try again later.", { language });
    if (model === "refused") return gettext("Your browser did not get it: %(language)s.", { language });
    if (told !== "yes") return gettext("%(name)s has been asked for captions, and has not answered yet.", { name });
    return gettext("%(name)s allows captions.", { name });
  }

  /** @param {string} language */
  nameOf(language) {
    return this.#names.of(language) ?? language;
  }

  /** @param {Other} other */
  #drawSpeaker(other) {
    const row = this.#speakers.get(other.person) ?? this.#addSpeaker(other);
    const language = this.captions.languageOf(other.person);
    if (![...row.select.options].some(({ value }) => value === language)) row.select.append(new Option(this.nameOf(language), language));
    row.select.value = language;
    const model = this.captions.models.state(language);
    write(row.state, this.sentence(other));
    const focused = document.activeElement === row.download;
    row.download.hidden = !["downloadable", "late", "refused"].includes(model);
    if (focused && row.download.hidden) row.select.focus();
    write(row.download, gettext("Download for captions: %(language)s", { language: this.nameOf(language) }));
  }

  /** @param {Other} other @returns {Row} */
  #addSpeaker({ person, name }) {
    const options = LANGUAGES.map((language) => new Option(this.nameOf(language), language));
    options.sort((one, two) => one.text.localeCompare(two.text));
    const select = make("select", {}, ...options);
    select.onchange = () => {
      const { languages } = this.captions.look;
      this.captions.wish({ languages: { ...languages, [person]: select.value } });
    };
    const label = make("label", { className: "device" }, gettext("%(name)s speaks", { name }), select);
    const state = make("p", { role: "status" });
    const download = make("button", { type: "button", className: "second", hidden: true });
    download.onclick = () => void this.captions.models.download(this.captions.languageOf(person));
    const row = { group: make("div", {}, label, state, download), select, state, download };
    this.speakers.append(row.group);
    this.#speakers.set(person, row);
    return row;
  }

  /** @param {Other} other */
  #drawReader({ person, name }) {
    const { consent } = this.captions;
    const answer = consent.answers[person];
    let row = this.#readers.get(person);
    if (!row && !answer && !consent.isAskedBy(person)) return;
    if (!row) {
      const box = make("input", { type: "checkbox" });
      box.onchange = () => this.captions.answer(person, box.checked ? "yes" : "no");
      row = { box, label: make("label", { className: "check" }, box, gettext("%(name)s may have captions of what you say", { name })) };
      this.#readers.set(person, row);
      this.readers.append(row.label);
    }
    row.box.checked = answer === "yes";
  }

  /**
   * @param {"size"|"place"|"contrast"} what
   * @param {string} name
   * @param {Record<string, string>} choices
   */
  #choice(what, name, choices) {
    const select = make("select", {}, ...Object.entries(choices).map(([value, text]) => new Option(text, value)));
    select.value = this.captions.look[what];
    select.onchange = () => this.captions.wish({ [what]: select.value });
    return make("label", { className: "device" }, name, select);
  }
}
