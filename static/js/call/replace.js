/** A device that goes away in the middle of a call: another takes its place, or the person is told. */

/** @param {import("./call.js").Call} call */
export function replaceLost(call) {
  const { devices, store } = call;
  devices.lost = async (what) => {
    devices[what === "camera" ? "cameraId" : "microphoneId"] = "";
    const trouble = await devices.open(what);
    const on = !trouble && !(what === "microphone" && devices.muted);
    store.set({ trouble: trouble || `Your ${what} went away. Another one is in use now.`, [what]: on });
    await call.sendTracks();
    call.tellState();
  };
}
