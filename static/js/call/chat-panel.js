/** The chat's panel: its lines, the field to write in, and how many lines were not seen yet. */

import { clock } from "../lib/clock.js";
import { find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";
import { parts } from "./chat-message.js";
import { pictureIn, shrink } from "./chat-picture.js";
import { chime } from "./tones.js";

const KEPT = gettext("It is in the notes now.");
const NO_ROOM = gettext("There is no room for this in the notes.");
const NO_PICTURE = gettext("This picture could not be added.");
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
/** Within so many pixels of its end, the list follows what is new. */
const NEAR = 60;

/** @typedef {import("./chat.js").Line} Line */

/**
 * @param {import("./call.js").Call} call
 * @param {import("./chat.js").Chat} chat
 * @param {import("./panels.js").Panels} panels
 * @param {(line: string) => boolean} [keepLine] puts a line into the notes, and says whether there was room for it
 * @returns {() => void} opens or closes it
 */
export function offerChat(call, chat, panels, keepLine) {
  const { store } = call;
  const list = find("#chat-lines", HTMLOListElement);
  const scroll = find("#chat-scroll", HTMLElement);
  const form = find("#chat-form", HTMLFormElement);
  const field = find("#chat-message", HTMLTextAreaElement);
  const preview = find("#chat-picture", HTMLImageElement);
  const remove = find("#chat-picture-remove", HTMLButtonElement);
  const file = find("#chat-file", HTMLInputElement);
  const says = find("#chat-says", HTMLElement);
  let picture = "";

  /** @param {string} url */
  const attach = (url) => {
    picture = url;
    preview.hidden = remove.hidden = !url;
    if (url) preview.src = url;
    else preview.removeAttribute("src");
  };
  /** @param {Blob|undefined} blob */
  const take = async (blob) => {
    if (!blob) return;
    attach(await shrink(blob));
    says.textContent = picture ? "" : NO_PICTURE;
    field.focus();
  };

  form.onsubmit = (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text || picture) chat.send({ text, picture });
    field.value = says.textContent = "";
    attach("");
    field.focus();
  };
  field.onkeydown = (event) => {
    // Enter that ends the choice of a character (Chinese, Japanese) sends nothing.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  };
  field.onpaste = (event) => {
    const pasted = pictureIn(event.clipboardData);
    if (pasted) event.preventDefault();
    void take(pasted);
  };
  file.onchange = () => {
    void take(file.files?.[0]);
    file.value = "";
  };
  find("#chat-attach", HTMLButtonElement).onclick = () => file.click();
  remove.onclick = () => {
    attach("");
    field.focus();
  };

  /** @param {string} text */
  const keep = (text) => {
    const kept = keepLine?.(text) ?? false;
    says.textContent = kept ? KEPT : NO_ROOM;
    return kept;
  };

  const panel = panels.add(find("#chat", HTMLButtonElement), find("#chat-panel", HTMLElement), (open) => {
    store.set({ chatOpen: open, unread: open ? 0 : store.state.unread });
    if (open) scroll.scrollTop = scroll.scrollHeight;
    if (open) field.focus();
  });

  /** @type {Map<string, HTMLElement>} */
  const drawn = new Map();
  store.watch((state, before) => {
    drawUnread(state.unread);
    if (state.phase !== before.phase && state.phase === "left") panels.close();
    if (state.chat === before.chat) return;
    const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;
    const elements = state.chat.map((line) => {
      const key = line.id + line.name + line.text;
      const element = drawn.get(key) ?? draw(line, keepLine && keep);
      drawn.set(key, element);
      element.dataset.sent = String(line.sent);
      return element;
    });
    list.replaceChildren(...elements);
    if (atEnd || !state.chat.at(-1)?.name) scroll.scrollTop = scroll.scrollHeight;
    const fresh = state.chat.filter((line) => line.name && !before.chat.includes(line)).length;
    if (!fresh) return;
    if (!state.chatOpen || document.hidden) chime();
    if (!state.chatOpen) store.set({ unread: state.unread + fresh });
  });
  return () => panels.toggle(panel);
}

/** @param {number} unread */
function drawUnread(unread) {
  const badge = find("#chat .badge", HTMLElement);
  badge.hidden = !unread;
  // Drawn by the stylesheet, so that the button's text stays its name.
  badge.dataset.count = unread > 99 ? "99+" : String(unread);
  find("#chat-unread", HTMLElement).textContent = unread ? gettext("%(count)s unread", { count: unread }) : "";
}

/**
 * @param {Line} line
 * @param {(text: string) => boolean} [keep]
 */
function draw(line, keep) {
  const element = document.createElement("li");
  const head = document.createElement("p");
  head.className = "head";
  const name = document.createElement("bdi");
  name.textContent = line.name || gettext("You");
  const time = document.createElement("time");
  time.textContent = clock(new Date(line.at), ZONE);
  const waiting = document.createElement("span");
  waiting.className = "waiting";
  waiting.textContent = gettext("sending…");
  head.append(name, " ", time, " ", waiting);
  if (line.plain) head.append(gettext("not encrypted"));
  element.append(head);
  element.dataset.own = String(!line.name);
  if (line.text) element.append(drawText(line.text));
  if (line.picture) element.append(Object.assign(new Image(), { src: line.picture, alt: gettext("A picture") }));
  if (line.text && keep) element.append(drawKeep(line.text, keep));
  return element;
}

/**
 * @param {string} text
 * @param {(text: string) => boolean} keep
 */
function drawKeep(text, keep) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet keep", textContent: gettext("Keep this") });
  button.onclick = () => {
    if (!keep(text)) return;
    button.textContent = gettext("Kept");
    button.onclick = null;
  };
  return button;
}

/** @param {string} text */
function drawText(text) {
  const said = document.createElement("p");
  said.className = "text";
  said.dir = "auto";
  parts(text).forEach((part, index) => {
    if (index % 2 === 0) return said.append(part);
    said.append(Object.assign(document.createElement("a"), { href: part, textContent: part, target: "_blank", rel: "noopener noreferrer" }));
  });
  return said;
}
