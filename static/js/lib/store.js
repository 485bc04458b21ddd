/**
 * One object of state and those who show it. Everything on the page is drawn from here.
 * @template {object} T
 */
export class Store {
  /** @type {Set<(state: T, before: T) => void>} */
  #watchers = new Set();

  /** @param {T} initial */
  constructor(initial) {
    this.state = initial;
  }

  /**
   * Changes some fields and tells every watcher, when anything really changed.
   * @param {Partial<T>} changes
   */
  set(changes) {
    const before = this.state;
    const changed = Object.entries(changes).some(([key, value]) => before[/** @type {keyof T} */ (key)] !== value);
    if (!changed) return;
    this.state = { ...before, ...changes };
    for (const watcher of this.#watchers) watcher(this.state, before);
  }

  /**
   * Calls the watcher now and after each change.
   * @param {(state: T, before: T) => void} watcher
   */
  watch(watcher) {
    this.#watchers.add(watcher);
    watcher(this.state, this.state);
  }
}
