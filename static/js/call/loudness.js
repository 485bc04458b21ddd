/**
 * Measures how loud a track was since the last look, so that no sound is missed between two looks: a window shorter than
 * the pause between them hears only sounds that fall into it.
 */
export class Loudness {
  #context;
  #analyser;
  #samples;
  #lookedAt = 0;

  /**
   * @param {AudioContext} context
   * @param {MediaStreamTrack} track
   */
  constructor(context, track) {
    this.#context = context;
    // 341 ms at 48 kHz: three looks, should a busy browser leave some out.
    this.#analyser = new AnalyserNode(context, { fftSize: 16384 });
    this.#samples = new Float32Array(this.#analyser.fftSize);
    context.createMediaStreamSource(new MediaStream([track])).connect(this.#analyser);
  }

  /** @returns {number} root mean square, 0 to 1 */
  sinceLastLook() {
    const { currentTime, sampleRate } = this.#context;
    const count = Math.round((currentTime - this.#lookedAt) * sampleRate);
    if (count > 0) this.#lookedAt = currentTime;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    // Nothing new came: what came last counts again.
    const fresh = this.#samples.subarray(-(count || this.#samples.length));
    return Math.sqrt(fresh.reduce((sum, sample) => sum + sample * sample, 0) / fresh.length);
  }
}
