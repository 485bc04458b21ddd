/** Shows how loud a microphone is, so that people see that it works. */

/** @type {AudioContext|null} */
let context = null;

/**
 * @param {MediaStreamTrack|null} track
 * @param {HTMLMeterElement} meter
 */
export function watchLevel(track, meter) {
  if (context && context.state !== "closed") void context.close();
  context = null;
  meter.value = 0;
  // Some browsers are locked down without it.
  if (!track || !("AudioContext" in window)) return;
  const own = new AudioContext();
  context = own;
  const analyser = own.createAnalyser();
  own.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const look = () => {
    if (own !== context || track.readyState === "ended") return;
    analyser.getFloatTimeDomainData(samples);
    const loudness = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    meter.value = Math.min(1, loudness * 4);
    if (meter.offsetParent) setTimeout(look, 100);
    else void own.close();
  };
  look();
  // Before the first touch of the page a browser may keep the measuring asleep.
  for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => own.state === "suspended" && void own.resume(), { once: true });
}
