/**
 * Passkeys as the server writes and reads them: JSON with bytes in base64url. Not every browser that has passkeys has the
 * functions for it that Web Authentication Level 3 brings.
 */

/** Whether this browser can use passkeys on this page at all. */
export const CAN_USE = "credentials" in navigator && "PublicKeyCredential" in window;

/** Whether a field can offer passkeys as one types. */
export async function canOffer() {
  return CAN_USE && Boolean(await PublicKeyCredential.isConditionalMediationAvailable?.());
}

/**
 * Makes a passkey by the options at this address: its JSON.
 * @param {string} address
 */
export async function makePasskey(address) {
  const options = await optionsAt(address);
  options.user.id = bytes(options.user.id);
  for (const each of options.excludeCredentials ?? []) each.id = bytes(each.id);
  const made = /** @type {PublicKeyCredential} */ (await navigator.credentials.create({ publicKey: options }));
  const answer = /** @type {AuthenticatorAttestationResponse} */ (made.response);
  return written(made, { attestationObject: text(answer.attestationObject) });
}

/**
 * Lets one choose a passkey by the options at this address, and use it: the answer as JSON.
 * @param {string} address
 * @param {AbortSignal} signal
 * @param {CredentialMediationRequirement} mediation
 */
export async function usePasskey(address, signal, mediation) {
  const publicKey = await optionsAt(address);
  const used = await navigator.credentials.get({ publicKey, signal, mediation });
  const credential = /** @type {PublicKeyCredential} */ (used);
  const answer = /** @type {AuthenticatorAssertionResponse} */ (credential.response);
  return written(credential, {
    authenticatorData: text(answer.authenticatorData),
    signature: text(answer.signature),
    userHandle: answer.userHandle ? text(answer.userHandle) : null,
  });
}

/** @param {string} address */
async function optionsAt(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status}`);
  const options = await answer.json();
  options.challenge = bytes(options.challenge);
  return options;
}

/**
 * @param {PublicKeyCredential} credential
 * @param {Record<string, string | null>} response
 */
function written({ id, type, response: { clientDataJSON } }, response) {
  return JSON.stringify({ id, rawId: id, type, response: { clientDataJSON: text(clientDataJSON), ...response } });
}

/** @param {string} base64url */
function bytes(base64url) {
  return Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
}

/** @param {ArrayBuffer} buffer */
function text(buffer) {
  const binary = Array.from(new Uint8Array(buffer), (each) => String.fromCharCode(each)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
