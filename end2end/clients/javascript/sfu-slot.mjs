/**
 * A section in which somebody else's track arrives, and whose it is ("Slots").
 *
 * Written from docs/protocol.md, "The SFU". No packet of a picture is decoded before it is known whose it is.
 */
import { Listener, Watcher } from './ffmpeg.mjs';

/** Colours that are closer than this are one, and of the others so many are kept at the most until they are asked for. */
const [SAME, MOST_COLOURS] = [60, 10];

/** So many packets of a picture wait for the map that says whose they are. */
const HELD = 300;

export class Slot {
  #watcher;
  #listener;
  #held = [];

  constructor(transceiver) {
    Object.assign(this, { transceiver, mid: transceiver.mid });
    this.#clear();
  }

  /** The answer is there: what arrives is taken. */
  begin() {
    const { track } = this.transceiver.receiver;
    track.onReceiveRtp.subscribe((packet) => (track.kind === 'video' ? this.#watch(packet) : this.#listen(packet)));
  }

  end() {
    this.#watcher?.end();
    this.#listener?.end();
  }

  /** Whom it carries from now on, as a map says; nobody if that names it not. */
  carry({ peer, track, from } = {}) {
    if (peer !== this.peer || track !== this.track) {
      this.#clear();
      this.#watcher?.end();
      this.#watcher = undefined;
    }
    Object.assign(this, { peer, track, from });
    if (from !== undefined) {
      const held = this.#held;
      this.#held = [];
      held.forEach((packet) => this.#show(packet));
    }
  }

  /** What came since this was last asked; `unnamed` are frames that are of nobody, as far as is known. */
  take() {
    const { mid, peer, track } = this;
    if (peer === undefined && this.unnamed === 0) {
      return undefined;
    }
    const sensed = { mid, peer, track, frames: this.frames, unnamed: this.unnamed, hertz: this.#listener?.hertz() };
    const colours = this.colours.length > 0 ? this.colours : undefined;
    this.#clear();
    return { ...sensed, colours };
  }

  #clear() {
    [this.frames, this.unnamed, this.colours] = [0, 0, []];
  }

  #watch(packet) {
    if (this.from === undefined) {
      this.#held = [...this.#held, packet].slice(-HELD);
    } else {
      this.#show(packet);
    }
  }

  /** Shows a packet if it is theirs, which those are from the timestamp `from` on, modulo 2³². */
  #show(packet) {
    if (((packet.header.timestamp - this.from) >>> 0) >= 2 ** 31) {
      this.unnamed += packet.header.marker ? 1 : 0;
      return;
    }
    const { receiver } = this.transceiver;
    if (!this.#watcher) {
      const watcher = new Watcher(
        // What is decoded later than the picture went is of the past.
        (colour) => watcher === this.#watcher && this.#note(colour),
        () => receiver.sendRtcpPLI(packet.header.ssrc),
      );
      this.#watcher = watcher;
    }
    this.#watcher.take(packet);
  }

  /** Counts a frame, and keeps its colour if it is another than the last frame's. */
  #note(colour) {
    this.frames += 1;
    const last = this.colours.at(-1);
    if (last && Math.hypot(...colour.map((part, at) => part - last[at])) < SAME) {
      this.colours.pop();
    }
    this.colours = [...this.colours, colour].slice(-MOST_COLOURS);
  }

  #listen(packet) {
    if (this.peer === undefined) {
      this.unnamed += 1;
      return;
    }
    this.frames += 1;
    this.#listener ??= new Listener();
    this.#listener.take(packet);
  }
}
