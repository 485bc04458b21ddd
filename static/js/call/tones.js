/** Short, quiet tones made here, so that no file is loaded. */

/** @type {AudioContext|null} */
let context = null;

/**
 * @param {number[]} pitches Hz, one after the other
 * @param {number} seconds of each
 * @param {AudioContext} audio
 * @param {AudioNode} out
 */
export function play(pitches, seconds, audio, out) {
  pitches.forEach((pitch, index) => {
    const begin = audio.currentTime + index * seconds;
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0, begin);
    loudness.gain.linearRampToValueAtTime(0.12, begin + 0.02);
    loudness.gain.linearRampToValueAtTime(0, begin + seconds);
    tone.connect(loudness).connect(out);
    tone.start(begin);
    tone.stop(begin + seconds);
  });
}

/**
 * A melody of two seconds through this speaker, to find out whether it can be heard.
 * @param {string} speaker '' for the system's
 */
export async function testSpeaker(speaker) {
  const own = new AudioContext();
  const out = own.createMediaStreamDestination();
  const player = new Audio();
  player.srcObject = out.stream;
  if (speaker) await player.setSinkId(speaker).catch(() => {});
  await player.play();
  play([523, 659, 784, 1047], 0.5, own, out);
  await new Promise((resolve) => setTimeout(resolve, 2200));
  player.srcObject = null;
  await own.close();
}

/** Somebody wrote. */
export function chime() {
  ring([880, 1175], 0.12);
}

/** Somebody came. */
export function welcome() {
  ring([523, 659, 784], 0.2);
}

/**
 * @param {number[]} pitches
 * @param {number} seconds
 */
function ring(pitches, seconds) {
  if (!("AudioContext" in window)) return;
  context ??= new AudioContext();
  // Before the first touch of the page a browser plays nothing.
  if (context.state === "running") play(pitches, seconds, context, context.destination);
  else void context.resume();
}
