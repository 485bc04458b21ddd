/** A device that goes away in the middle of a call: another takes its place, or the person is told. */

import { gettext } from "../lib/texts.js";

const SHOWN = 10_000;

const NEWS = {
  microphone: gettext("Your microphone was disconnected. Another one is in use now."),
  camera: gettext("Your camera was disconnected. Another one is in use now."),
};

/** @param {import("./call.js").Call} call */
export function replaceLost(call) {
  const { devices, store } = call;
  devices.lost = async (what) => {
    devices.chosen[what] = "";
    const trouble = await devices.open(what);
    const on = !trouble && !(what === "microphone" && devices.muted);
    const news = NEWS[what];
    store.set({ trouble: trouble || news, [what]: on });
    setTimeout(() => store.state.trouble === news && store.set({ trouble: "" }), SHOWN);
    await call.sendTracks();
    call.tellState();
  };
}
