/**
 * What a person turned off stays off in this call: after the page was loaded again, and when they enter again. It is kept
 * in this browser, for the latest call only.
 */

const KEY = "fireside-off";

/** @typedef {"microphone"|"camera"} Device */

export class Choices {
  microphone = true;
  camera = true;

  /**
   * @param {string} call
   * @param {string} person
   */
  constructor(call, person) {
    this.call = call;
    this.person = person;
    const kept = read();
    if (kept?.call !== call || kept.person !== person) return;
    this.microphone = kept.microphone !== false;
    this.camera = kept.camera !== false;
  }

  /**
   * @param {Device} device
   * @param {boolean} on
   */
  set(device, on) {
    this[device] = on;
    const { call, person, microphone, camera } = this;
    try {
      localStorage.setItem(KEY, JSON.stringify({ call, person, microphone, camera }));
    } catch {
      // A browser that keeps nothing: it holds as long as the page does.
    }
  }
}

/** @returns {{call: string, person: string, microphone: boolean, camera: boolean}|null} */
function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}
