/**
 * Keys and nonces for frames: RFC 9605 section 4.4 with cipher suite 4 (AES_128_GCM_SHA256_128). Each person has a secret
 * for each of their keys, from which every stream gets a key and a salt of its own.
 */

const SUITE = 4;
const KEY_BITS = 128;
const SALT_BITS = 96;

/** @typedef {{key: CryptoKey, salt: Uint8Array}} FrameKey */

/**
 * @param {Uint8Array} secret the base key
 * @param {number} kid RFC 9605's key id, at most 2^53 - 1
 * @returns {Promise<FrameKey>}
 */
export async function deriveFrameKey(secret, kid) {
  const base = await crypto.subtle.importKey("raw", bytes(secret), "HKDF", false, ["deriveBits", "deriveKey"]);
  const derivation = (/** @type {string} */ what) => ({
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(),
    info: label(`SFrame 1.0 Secret ${what} `, kid),
  });
  const [key, salt] = await Promise.all([
    crypto.subtle.deriveKey(derivation("key"), base, { name: "AES-GCM", length: KEY_BITS }, false, ["encrypt", "decrypt"]),
    crypto.subtle.deriveBits(derivation("salt"), base, SALT_BITS),
  ]);
  return { key, salt: new Uint8Array(salt) };
}

/**
 * The key id that RFC 9605's derivation takes for a stream (0 to 255) of somebody's key (0 to 255).
 * @param {number} keyId
 * @param {number} stream
 */
export function kidOf(keyId, stream) {
  return keyId * 256 + stream;
}

/**
 * RFC 9605 section 4.4.3.
 * @param {Uint8Array} salt 12 bytes
 * @param {number} counter 0 to 2^32 - 1
 */
export function nonceOf(salt, counter) {
  const nonce = Uint8Array.from(salt);
  const view = new DataView(nonce.buffer);
  view.setUint32(8, (view.getUint32(8) ^ counter) >>> 0);
  return nonce;
}

/**
 * @param {string} text
 * @param {number} kid
 */
function label(text, kid) {
  const encoded = new TextEncoder().encode(text);
  const made = new Uint8Array(encoded.length + 10);
  made.set(encoded);
  const view = new DataView(made.buffer);
  view.setBigUint64(encoded.length, BigInt(kid));
  view.setUint16(encoded.length + 8, SUITE);
  return made;
}

/**
 * What the browser's functions take: bytes in a buffer that is not shared.
 * @param {Uint8Array} given
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytes(given) {
  return /** @type {Uint8Array<ArrayBuffer>} */ (given);
}
