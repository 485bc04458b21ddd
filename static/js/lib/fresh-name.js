/** A name that nothing else has. Browsers give a UUID only to pages that came encrypted. */
export function freshName() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
