/**
 * What the call page knows.
 *
 * @typedef {object} Other somebody else in this call, as the server tells it
 * @property {string} person
 * @property {string} name
 * @property {"waiting"|"in"|"reconnecting"} here
 * @property {number|null} slot which of our slots shows them
 * @property {boolean} microphone
 * @property {boolean} camera
 * @property {boolean} screen
 * @property {"good"|"weak"|"poor"|""} connection how good their own way to the server is
 * @property {boolean} phone whether they would like to go on by phone
 * @property {boolean} hand whether they raised a hand
 * @property {boolean} sound_only whether they get no pictures
 * @property {boolean} encrypts whether their browser can encrypt end to end
 *
 * @typedef {object} EncryptionState
 * @property {boolean} able whether our browser can
 * @property {string|null} off whose browser cannot; then nothing is encrypted
 * @property {readonly {person: string, name: string, state: "waiting"|"new"|"same"|"checked", pictures: readonly number[]}[]} people
 *   what we know of the other end: `waiting` for keys, or which device it is; and what both see
 *
 * @typedef {"lobby"|"entering"|"in"|"left"} Phase
 *
 * @typedef {object} CallState
 * @property {Phase} phase
 * @property {boolean} socket whether the server hears us
 * @property {boolean} lost whether the socket was lost and is being brought back
 * @property {boolean} media whether media flows, or is about to for the first time
 * @property {boolean} interrupted whether nothing has come from the server for half a second, though it should
 * @property {boolean} stalled whether nothing has come from the server for some seconds, though it should
 * @property {boolean} blocked whether the network lets pages through, but no socket
 * @property {boolean} microphone
 * @property {boolean} camera
 * @property {boolean} screen
 * @property {boolean} phone whether we would like to go on by phone
 * @property {boolean} hand whether we raised a hand
 * @property {boolean} soundOnly whether we want no pictures
 * @property {readonly import("./chat.js").Line[]} chat
 * @property {boolean} chatOpen
 * @property {number} unread lines of the chat that were not seen yet
 * @property {readonly import("./speaking-bar.js").Spoken[]} spoken how long each has spoken
 * @property {boolean} speakingOff whether somebody switched that off
 * @property {import("./time.js").CallTime|null} time when the call is to end
 * @property {boolean} silent whether the browser keeps sound back until a click
 * @property {string} trouble a sentence about our devices, or about what was refused
 * @property {string} why why the call ended for us
 * @property {"good"|"weak"|"poor"|""} quality
 * @property {boolean} choked whether the network carries so little that voices suffer
 * @property {readonly Other[]} people
 * @property {EncryptionState} encryption
 * @property {readonly {person: string, sound: boolean}[]} unreadable whose sound, or picture only, cannot be opened
 *
 * @typedef {object} CallConfig
 * @property {string} socket
 * @property {number} slots
 * @property {{person: string, name: string}} me
 * @property {{person: string, name: string}} other
 * @property {string} back
 * @property {string} [events] where the catch-up's news is pushed from
 * @property {string|null} phone where the other's number is, while both would go on by phone
 * @property {string} [door] where a guest waits until they are let in
 * @property {string} [zone] the time zone of the person
 * @property {string} [withdrawal] where one withdraws from the catch-up
 */

/** @type {CallState} */
export const BEGINNING = {
  phase: "lobby",
  socket: false,
  lost: false,
  media: true,
  interrupted: false,
  stalled: false,
  blocked: false,
  microphone: true,
  camera: true,
  screen: false,
  phone: false,
  hand: false,
  soundOnly: false,
  chat: [],
  chatOpen: false,
  unread: 0,
  spoken: [],
  speakingOff: false,
  time: null,
  silent: false,
  trouble: "",
  why: "",
  quality: "",
  choked: false,
  people: [],
  encryption: { able: false, off: null, people: [] },
  unreadable: [],
};
