/** The rows of the lists: a topic, an action, a resource. */

import { gettext } from "../lib/texts.js";
import { editableText, make } from "./elements.js";

/**
 * @typedef {import("./rules.js").Item} Item
 * @typedef {{row: HTMLElement, show: (item: Item) => void}} Row
 * @typedef {object} Context
 * @property {number} me
 * @property {{id: number, name: string}[]} people
 * @property {(edit: import("./rules.js").Edit) => void} edit
 * @property {(key: string) => number} version of an item, as it is shown
 */

/**
 * @param {Item} first
 * @param {Context} context
 * @returns {Row}
 */
export function topicRow(first, context) {
  const tick = doneBox(first, context);
  const text = words(first, context);
  const by = make("span", { className: "by soft" });
  const remove = removeButton(first, context);
  const row = make("li", {}, tick, text.field, by, remove);
  const name = context.people.find((person) => person.id === first.author)?.name ?? "";
  return {
    row,
    show(item) {
      tick.checked = Boolean(item.done);
      row.dataset.done = String(item.done);
      text.show(item.text ?? "", gettext("Topic"));
      by.textContent = item.author === context.me ? gettext("from you") : gettext("from %(name)s", { name });
      nameButtons(tick, remove, item);
    },
  };
}

/**
 * @param {Item} first
 * @param {Context} context
 * @returns {Row}
 */
export function actionRow(first, context) {
  const { key } = first;
  const tick = doneBox(first, context);
  const text = words(first, context);
  const owner = make("select", { className: "owner" }, make("option", { value: "", textContent: gettext("Both") }));
  for (const person of context.people) owner.append(make("option", { value: String(person.id), textContent: person.name }));
  owner.onchange = () => context.edit({ type: "change", key, owner: owner.value ? Number(owner.value) : null });
  const due = make("input", { type: "date", className: "due" });
  due.onchange = () => context.edit({ type: "change", key, due: due.value || null });
  const remove = removeButton(first, context);
  const details = make("div", { className: "details" }, owner, due);
  const row = make("li", { className: "action" }, tick, text.field, remove, details);
  return {
    row,
    show(item) {
      tick.checked = Boolean(item.done);
      row.dataset.done = String(item.done);
      row.dataset.struck = String(Boolean(item.struck));
      text.show(item.text ?? "", gettext("Action"));
      owner.value = item.owner ? String(item.owner) : "";
      owner.setAttribute("aria-label", gettext("Who does it: %(text)s", { text: item.text ?? "" }));
      if (document.activeElement !== due) due.value = due.defaultValue = item.due ?? "";
      due.setAttribute("aria-label", gettext("By when: %(text)s", { text: item.text ?? "" }));
      nameButtons(tick, remove, item);
    },
  };
}

/**
 * @param {Item} first
 * @param {Context & {fileAddress: (id: number) => string}} context
 * @returns {Row}
 */
export function resourceRow(first, context) {
  const link = make("a", { className: "text" });
  const about = make("span", { className: "by soft" });
  const remove = removeButton(first, context);
  return {
    row: make("li", {}, link, about, remove),
    show(item) {
      link.textContent = item.text ?? "";
      link.dir = "auto";
      if (item.file) {
        link.href = context.fileAddress(item.file.id);
        link.download = item.file.name;
        about.textContent = `${item.file.name === item.text ? "" : `${item.file.name} · `}${size(item.file.size)}`;
      } else {
        link.href = item.url ?? "";
        link.target = "_blank";
        link.rel = "noopener noreferrer";
        about.textContent = hostOf(item.url ?? "");
      }
      remove.setAttribute("aria-label", gettext("Remove: %(text)s", { text: item.text ?? "" }));
    },
  };
}

/**
 * @param {Item} item
 * @param {Context} context
 */
function words({ key }, context) {
  return editableText((was, text) => context.edit({ type: "change", key, was, text }));
}

/**
 * @param {Item} item
 * @param {Context} context
 */
function doneBox({ key }, context) {
  const tick = make("input", { type: "checkbox" });
  tick.onchange = () => context.edit({ type: "change", key, done: tick.checked });
  return tick;
}

/**
 * @param {Item} item
 * @param {Context} context
 */
function removeButton({ key }, context) {
  const button = make("button", { type: "button", className: "remove", textContent: "×" });
  button.onclick = () => {
    // The focus stays in the list.
    const row = button.closest("li");
    const next = row?.nextElementSibling ?? row?.previousElementSibling;
    const to = next?.querySelector(".remove") ?? row?.parentElement?.parentElement?.querySelector(".adding input");
    context.edit({ type: "remove", key, seen: context.version(key) });
    if (to instanceof HTMLElement) to.focus();
  };
  return button;
}

/**
 * @param {HTMLInputElement} tick
 * @param {HTMLButtonElement} remove
 * @param {Item} item
 */
function nameButtons(tick, remove, { text = "" }) {
  tick.setAttribute("aria-label", gettext("Done: %(text)s", { text }));
  remove.setAttribute("aria-label", gettext("Remove: %(text)s", { text }));
}

/** @param {number} bytes */
function size(bytes) {
  const kilo = Math.max(1, Math.round(bytes / 1000));
  return kilo < 1000 ? gettext("%(size)s kB", { size: kilo }) : gettext("%(size)s MB", { size: (bytes / 1e6).toFixed(1) });
}

/** @param {string} url */
function hostOf(url) {
  try {
    return new URL(url).host;
  } catch {
    return "";
  }
}
