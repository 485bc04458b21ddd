/** A guest at the door of the call: they wait until one of the two lets them in. */

import { find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";
import { showCompany } from "./company.js";

const WAITS = gettext("You wait at the door. One of the two lets you in; you do not need to do anything.");
const PUT_OFF = gettext("They ask you to wait a little longer.");
const ASK = gettext("Ask to come in");
const STOP = gettext("Stop waiting");

/** @type {EventSource|null} */
let door = null;
let known = false;

/**
 * Waits while the door's stream is open; the call is entered once that says so.
 * @param {import("./call.js").Call} call
 */
export function knock(call) {
  const { config, store } = call;
  const says = find("#door-says", HTMLElement);
  const enter = find("#enter", HTMLButtonElement);
  if (!known) showCompany(call, () => null);
  known = true;
  if (door) return stop();
  const source = new EventSource(config.door ?? "");
  door = source;
  says.textContent = WAITS;
  enter.textContent = STOP;

  source.addEventListener("door", ({ data }) => {
    if (data === "open" || data === "in") {
      stop();
      void goIn();
    } else if (data === "outside") goBack();
    else says.textContent = data === "put_off" ? PUT_OFF : WAITS;
  });
  source.addEventListener("over", goBack);
  source.onerror = () => source.readyState === EventSource.CLOSED && source === door && goBack();

  function stop() {
    door?.close();
    door = null;
    says.textContent = "";
    enter.textContent = ASK;
  }

  async function goIn() {
    if (store.state.phase === "lobby") call.prepare();
    await call.enter();
  }

  /** There the guest reads how it stands. */
  function goBack() {
    stop();
    location.assign(config.back);
  }
}
