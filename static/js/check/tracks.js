/** Sound and picture made here, so that no camera and no microphone is asked for. */

const FRAMES_PER_SECOND = 15;

export class Tracks {
  #context = new AudioContext();
  #drawing = 0;

  constructor() {
    const tone = this.#context.createOscillator();
    const out = this.#context.createMediaStreamDestination();
    tone.connect(out);
    tone.start();
    this.sound = out.stream.getAudioTracks()[0];

    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [320, 240];
    const picture = canvas.captureStream(FRAMES_PER_SECOND);
    this.picture = picture.getVideoTracks()[0];
    this.#drawing = setInterval(() => draw(canvas), 1000 / FRAMES_PER_SECOND);
    draw(canvas);
  }

  stop() {
    clearInterval(this.#drawing);
    this.sound.stop();
    this.picture.stop();
    void this.#context.close();
  }
}

/** Noise, so that packets are as large as a real picture's: some networks lose only those. @param {HTMLCanvasElement} canvas */
function draw(canvas) {
  const context = canvas.getContext("2d");
  if (!context) return;
  for (let x = 0; x < canvas.width; x += 20) {
    for (let y = 0; y < canvas.height; y += 20) {
      context.fillStyle = `hsl(${Math.random() * 360} 70% 50%)`;
      context.fillRect(x, y, 20, 20);
    }
  }
}
