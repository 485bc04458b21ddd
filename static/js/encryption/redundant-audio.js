/** Redundant audio (RFC 2198): a payload of several blocks, the oldest first; the last is the newest. Pure. */

/** The longest block before the newest one: its length has 10 bits. */
export const LONGEST_BLOCK = 1023;
const MORE = 0x80;
const HEADER = 4;

/** @typedef {{head: number, data: Uint8Array}} Block `head`: payload type and timestamp offset, without the length */

/**
 * @param {Uint8Array} payload
 * @returns {Block[]|null} null for what is no such payload
 */
export function readBlocks(payload) {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  /** @type {{head: number, size: number}[]} */
  const older = [];
  let at = 0;
  for (; at < payload.length && view.getUint8(at) & MORE; at += HEADER) {
    if (at + HEADER > payload.length) return null;
    const word = view.getUint32(at);
    older.push({ head: word >>> 10, size: word & LONGEST_BLOCK });
  }
  if (at >= payload.length) return null;
  const last = view.getUint8(at);
  at += 1;
  /** @type {Block[]} */
  const blocks = [];
  for (const { head, size } of older) {
    if (at + size > payload.length) return null;
    blocks.push({ head, data: payload.subarray(at, at + size) });
    at += size;
  }
  return [...blocks, { head: last, data: payload.subarray(at) }];
}

/** @param {readonly Block[]} blocks the newest last */
export function writeBlocks(blocks) {
  const made = new Uint8Array(sizeOf(blocks.map(({ data }) => data.length)));
  const view = new DataView(made.buffer);
  let [at, data] = [0, HEADER * (blocks.length - 1) + 1];
  blocks.forEach((block, index) => {
    if (index < blocks.length - 1) view.setUint32(at, ((block.head << 10) | block.data.length) >>> 0);
    else view.setUint8(at, block.head);
    at += HEADER;
    made.set(block.data, data);
    data += block.data.length;
  });
  return made;
}

/**
 * How long a payload of blocks of these sizes is.
 * @param {readonly number[]} sizes
 */
export function sizeOf(sizes) {
  return sizes.reduce((sum, size) => sum + size, HEADER * (sizes.length - 1) + 1);
}
