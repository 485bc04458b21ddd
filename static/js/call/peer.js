/**
 * One RTCPeerConnection with fixed places for everything: what we send, and for each slot what may come.
 * One offer, one answer; who comes, goes or shares later changes nothing here.
 */

/**
 * @typedef {{face: MediaStream, screen: MediaStream}} Slot `face` has audio and camera
 * @typedef {(sender: RTCRtpSender) => Promise<void>} Encrypts ends when a frame of this sender has come to where it is encrypted
 */

export class Peer {
  /**
   * @param {number} slots
   * @param {RTCIceServer[]} iceServers
   * @param {(connection: RTCPeerConnection) => Encrypts|null} [encrypt] called before anything is offered
   */
  constructor(slots, iceServers, encrypt = () => null) {
    this.connection = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers });
    const send = (/** @type {string} */ kind, active = true) =>
      this.connection.addTransceiver(kind, { direction: "sendonly", sendEncodings: [{ active }] }).sender;
    const receive = (/** @type {string} */ kind) =>
      this.connection.addTransceiver(kind, { direction: "recvonly" }).receiver.track;
    this.microphone = send("audio");
    this.camera = send("video");
    // Chromium lays half of the bandwidth by for a picture that is active, though there is none.
    this.screen = send("video", false);
    /** @type {Slot[]} */
    this.slots = Array.from({ length: slots }, () => ({
      face: new MediaStream([receive("audio"), receive("video")]),
      screen: new MediaStream([receive("video")]),
    }));
    this.#encrypts = encrypt(this.connection);
    this.offer = this.#prepare();
    /** The server's name for this connection, once entered. */
    this.id = "";
    this.#answer = "";
  }

  /** @type {string} */ #answer;
  /** @type {Encrypts|null} */ #encrypts;
  /** Senders whose frames are seen to be encrypted. @type {Set<RTCRtpSender>} */ #encrypting = new Set();
  /** What a sender is to send then, and what it sends until then. @type {Map<RTCRtpSender, {track: MediaStreamTrack, blank: MediaStreamTrack}>} */
  #next = new Map();
  /** What is under way: descriptions and parameters are applied one after the other. @type {Promise<void>} */
  #applying = Promise.resolve();

  /** @returns {Promise<string>} */
  async #prepare() {
    await this.connection.setLocalDescription();
    return this.connection.localDescription?.sdp ?? "";
  }

  /**
   * @param {string} id
   * @param {string} answer
   */
  async accept(id, answer) {
    this.id = id;
    this.#answer = answer;
    await this.connection.setRemoteDescription({ type: "answer", sdp: answer });
  }

  /**
   * Applies the answer again with another bitrate to begin with and another ceiling for one of our pictures, in
   * kbit/s. Chromium's own parameters; nothing is told to the server, as nothing changes for it.
   * @param {"camera"|"screen"} picture
   * @param {number} start
   * @param {number} ceiling
   */
  async limit(picture, start, ceiling) {
    const parts = this.#answer.split(/^(?=m=)/m);
    const line = picture === "camera" ? 2 : 3;
    parts[line] = (parts[line] ?? "").replace(
      /x-google-start-bitrate=\d+(;x-google-max-bitrate=\d+)?/,
      `x-google-start-bitrate=${Math.round(start)};x-google-max-bitrate=${Math.round(ceiling)}`,
    );
    this.#answer = parts.join("");
    await this.#apply();
  }

  /**
   * Looks for a way to the relay from fresh ports. The relay knows us by its own name for us (its ufrag), so this too
   * is the same answer again.
   */
  async restart() {
    this.connection.restartIce();
    await this.#apply();
  }

  /** @returns {Promise<void>} */
  #apply() {
    return this.#inTurn(async () => {
      await this.connection.setLocalDescription();
      await this.connection.setRemoteDescription({ type: "answer", sdp: this.#answer });
    });
  }

  /**
   * @param {() => Promise<void>} work
   * @returns {Promise<void>}
   */
  #inTurn(work) {
    const done = this.#applying.then(work);
    this.#applying = done.catch(() => {});
    return done;
  }

  /**
   * What is sent from now on; null sends nothing.
   * @param {{microphone?: MediaStreamTrack|null, camera?: MediaStreamTrack|null, screen?: MediaStreamTrack|null}} tracks
   */
  async send(tracks) {
    await Promise.all([
      tracks.microphone !== undefined && this.#give(this.microphone, tracks.microphone),
      tracks.camera !== undefined && this.#give(this.camera, tracks.camera),
      tracks.screen !== undefined && this.#share(tracks.screen),
    ]);
  }

  /**
   * A browser may not use a transform that it was given, and tells only by the frames that come there. So a sender begins
   * with black or silence, and gets its track once such a frame has come.
   * @param {RTCRtpSender} sender
   * @param {MediaStreamTrack|null} track
   */
  async #give(sender, track) {
    const before = this.#next.get(sender);
    if (before && before.track === track) return;
    // It would keep the camera on.
    before?.blank.stop();
    this.#next.delete(sender);
    if (!track || !this.#encrypts || this.#encrypting.has(sender)) return sender.replaceTrack(track);
    const blank = track.clone();
    blank.enabled = false;
    this.#next.set(sender, { track, blank });
    void this.#encrypts(sender).then(() => this.#begin(sender));
    await sender.replaceTrack(blank);
  }

  /** @param {RTCRtpSender} sender whose frames are seen to be encrypted */
  async #begin(sender) {
    this.#encrypting.add(sender);
    const next = this.#next.get(sender);
    this.#next.delete(sender);
    // A connection that has been closed refuses.
    if (next) await sender.replaceTrack(next.track).catch(() => {});
    next?.blank.stop();
  }

  /** @param {MediaStreamTrack|null} track */
  async #share(track) {
    await this.#give(this.screen, track);
    await this.#inTurn(async () => {
      const parameters = this.screen.getParameters();
      const [encoding] = parameters.encodings;
      if (!encoding || encoding.active === Boolean(track)) return;
      encoding.active = Boolean(track);
      await this.screen.setParameters(parameters);
    });
  }

  close() {
    for (const { blank } of this.#next.values()) blank.stop();
    this.connection.close();
  }
}
