/** The relay's candidates in an answer: which there are, and an answer with just one of them. */

/** @typedef {{transport: "udp"|"tcp", ip: string, port: number, line: string}} Candidate */

const LINE = /^a=candidate:\S+ 1 (udp|tcp) \d+ (\S+) (\d+) typ host/i;
const OWN = /^(127\.|::1$)/;

/**
 * Those that are worth trying: one that leads a machine to itself is so only on that machine.
 * @param {string} answer
 * @param {string} page the host that this page came from
 * @returns {Candidate[]}
 */
export function candidatesIn(answer, page) {
  const atHome = page === "localhost" || OWN.test(page.replace(/[[\]]/g, ""));
  return answer
    .split("\r\n")
    .flatMap((line) => {
      const found = LINE.exec(line);
      if (!found) return [];
      const transport = /** @type {"udp"|"tcp"} */ (found[1].toLowerCase());
      return [{ transport, ip: found[2], port: Number(found[3]), line }];
    })
    .filter((candidate) => atHome || !OWN.test(candidate.ip));
}

/**
 * @param {string} answer
 * @param {Candidate} candidate
 */
export function withOnly(answer, candidate) {
  const kept = answer.split("\r\n").filter((line) => !line.startsWith("a=candidate:") || line === candidate.line);
  return kept.join("\r\n");
}
