/** Keeps the screen on during the call, in browsers that can. They let go of it by themselves while the page is hidden. */

/** @param {import("../lib/store.js").Store<import("./state.js").CallState>} store */
export function keepAwake(store) {
  /** @type {WakeLockSentinel|null} */
  let lock = null;
  let asking = false;

  const follow = async () => {
    const wanted = store.state.phase === "in" && !document.hidden;
    if (!wanted) {
      void lock?.release();
      lock = null;
    }
    if (!wanted || asking || (lock && !lock.released) || !("wakeLock" in navigator)) return;
    asking = true;
    // Refused on a low battery: then the screen goes dark as it always does.
    lock = await navigator.wakeLock.request("screen").catch(() => null);
    asking = false;
    if (store.state.phase !== "in") void follow();
  };

  store.watch((state, before) => void (state.phase !== before.phase && follow()));
  document.addEventListener("visibilitychange", () => void follow());
}
