/** Parts of a row of the content. */

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Partial<HTMLElementTagNameMap[T]>} fields
 * @param {...(Node|string)} within
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, fields, ...within) {
  const element = document.createElement(tag);
  Object.assign(element, fields);
  element.append(...within);
  return element;
}

/**
 * A text that can be changed where it stands: Enter keeps it, Escape leaves it as it was.
 * @param {(was: string, text: string) => void} change
 */
export function editableText(change) {
  const field = make("textarea", { rows: 1, dir: "auto", className: "text" });
  let was = "";
  const keep = () => {
    const text = field.value.trim();
    if (text && text !== was) change(was, text);
    else field.value = was;
    fit(field);
  };
  field.onfocus = () => (was = field.value);
  field.onblur = keep;
  field.oninput = () => fit(field);
  field.onkeydown = (event) => {
    if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") field.value = was;
    keep();
    was = field.value;
  };
  /** Who writes in it is not disturbed. @param {string} text @param {string} name */
  const show = (text, name) => {
    field.setAttribute("aria-label", name);
    if (document.activeElement === field && field.value !== was) return;
    was = text;
    if (field.value === text) return;
    field.value = field.defaultValue = text;
    fit(field);
  };
  return { field, show };
}

/**
 * As high as its text.
 * @param {HTMLTextAreaElement} field
 */
export function fit(field) {
  field.style.height = "auto";
  if (field.scrollHeight) field.style.height = `${field.scrollHeight + 2}px`;
}

/**
 * Shows the items in their order; rows that stay keep the focus.
 * @param {HTMLElement} list
 * @param {readonly import("./rules.js").Item[]} items
 * @param {Map<string, {row: HTMLElement, show: (item: import("./rules.js").Item) => void}>} rows
 * @param {(item: import("./rules.js").Item) => {row: HTMLElement, show: (item: import("./rules.js").Item) => void}} begin
 */
export function showRows(list, items, rows, begin) {
  const keys = new Set(items.map((item) => item.key));
  for (const [key, { row }] of rows) {
    if (keys.has(key)) continue;
    row.remove();
    rows.delete(key);
  }
  items.forEach((item, place) => {
    const known = rows.get(item.key) ?? begin(item);
    rows.set(item.key, known);
    if (list.children[place] !== known.row) list.insertBefore(known.row, list.children[place] ?? null);
    known.show(item);
  });
}
