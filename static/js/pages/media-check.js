/** The media check: tries every way to the relay from here, shows each, and hands in what was found. */

import { candidatesIn } from "../check/candidates.js";
import { End } from "../check/end.js";
import { tryPath } from "../check/loop.js";
import { Tracks } from "../check/tracks.js";
import { find } from "../lib/dom.js";
import { gettext } from "../lib/texts.js";

const AT_ONCE = 4;

/** @typedef {import("../check/loop.js").Path} Path */

/** @type {{socket: string, relays: number}} */
const config = JSON.parse(find("#check-config", HTMLScriptElement).text);
const form = find("#check", HTMLFormElement);
const begin = find("#begin", HTMLButtonElement);
const progress = find("#progress", HTMLElement);
const tried = find("#tried", HTMLElement);

/**
 * @param {number} relay
 * @returns {(end: string) => URL} the sockets of one new loop through this relay
 */
function newLoop(relay) {
  const loop = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const query = (/** @type {string} */ end) => new URLSearchParams({ loop, end, relay: String(relay) });
  return (end) => new URL(`${config.socket}?${query(end)}`, location.href.replace(/^http/, "ws"));
}

/** Every announced candidate of every relay. */
async function listPaths() {
  const paths = [];
  for (let relay = 0; relay < config.relays; relay += 1) {
    const end = new End(newLoop(relay)("receiver"));
    const { answer } = await end.enter().finally(() => end.close());
    paths.push(...candidatesIn(answer, location.hostname).map((candidate) => ({ relay, candidate })));
  }
  return paths;
}

/** @param {Path} path */
function show(path) {
  const line = document.createElement("li");
  const { ip, port, sent, received } = path;
  const values = { transport: path.transport.toUpperCase(), ip, port, sent, received };
  line.textContent = received
    ? gettext("%(transport)s %(ip)s, port %(port)s: %(received)s of %(sent)s packets came back", values)
    : gettext("%(transport)s %(ip)s, port %(port)s: no answer", values);
  tried.hidden = false;
  tried.append(line);
}

/** @returns {Promise<Path[]>} */
async function check() {
  const tracks = new Tracks();
  try {
    const paths = await listPaths();
    /** @type {Path[]} */
    const found = [];
    const waiting = [...paths.entries()];
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [number, { relay, candidate }] = next;
        progress.textContent = gettext("Trying %(number)s of %(all)s…", { number: number + 1, all: paths.length });
        found[number] = await tryPath(newLoop(relay), candidate, tracks);
        show(found[number]);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return found;
  } finally {
    tracks.stop();
  }
}

begin.onclick = async () => {
  begin.disabled = true;
  tried.replaceChildren();
  progress.textContent = gettext("Asking the relay for its addresses…");
  try {
    find("input[name=paths]", HTMLInputElement, form).value = JSON.stringify(await check());
    form.submit();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    progress.textContent = gettext("The check failed: %(reason)s. Please try again.", { reason });
    begin.disabled = false;
  }
};
begin.disabled = false;
// Kept for the way back, its sockets are gone.
addEventListener("pageshow", (event) => event.persisted && location.reload());
