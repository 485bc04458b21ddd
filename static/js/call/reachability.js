/** Why no socket comes up: it is refused for good, the network lets none through, or there is no way to the server. */

/** After so many tries and so long without a socket, though pages can be had, it is the network. */
const FAILURES = 3;
const FAILING = 3000;
/** The call is over, or the visit has ended. */
const REFUSALS = [403, 404, 409, 410];

export class Reachability {
  #failures = 0;
  #since = 0;

  /** A socket came up. */
  reached() {
    this.#failures = 0;
  }

  /** @returns {Promise<"refused"|"blocked"|"away">} */
  async ask() {
    const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
    if (answer && REFUSALS.includes(answer.status)) return "refused";
    if (!answer?.ok) this.reached();
    else if (!this.#failures) this.#since = performance.now();
    if (answer?.ok) this.#failures += 1;
    return this.#failures >= FAILURES && performance.now() - this.#since > FAILING ? "blocked" : "away";
  }
}
