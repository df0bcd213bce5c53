/** The bot on @roamhq/wrtc, which is Chromium's WebRTC in Node: it hands over raw pictures and samples. */
import wrtc from '@roamhq/wrtc';
import { Bot } from './bot.mjs';
import { pitch } from './pitch.mjs';
import { main } from './seat.mjs';

const { RTCAudioSink, RTCAudioSource, RTCVideoSink, RTCVideoSource, rgbaToI420, i420ToRgba } = wrtc.nonstandard;
const [WIDTH, HEIGHT, FRAME_MS] = [320, 180, 66];
const [SAMPLE_RATE, SAMPLES] = [48_000, 480];

/** A track of one colour with a white mark that wanders along its lower edge, and a track of one tone. */
function tracks({ colour, tone }) {
  const [pictures, sounds] = [new RTCVideoSource(), new RTCAudioSource()];
  const plain = new Uint8ClampedArray(WIDTH * HEIGHT * 4).map((_, at) => [...colour, 255][at % 4]);
  let step = 0;
  const painting = setInterval(() => {
    const rgba = plain.slice();
    const left = (step * 6) % (WIDTH - 20);
    for (let line = HEIGHT - 24; line < HEIGHT - 4; line += 1) {
      rgba.fill(255, (line * WIDTH + left) * 4, (line * WIDTH + left + 20) * 4);
    }
    step += 1;
    const data = new Uint8ClampedArray(WIDTH * HEIGHT * 1.5);
    rgbaToI420({ width: WIDTH, height: HEIGHT, data: rgba }, { width: WIDTH, height: HEIGHT, data });
    pictures.onFrame({ width: WIDTH, height: HEIGHT, data });
  }, FRAME_MS);

  const began = performance.now();
  let count = 0;
  const playing = setInterval(() => {
    while (count * SAMPLES < ((performance.now() - began) * SAMPLE_RATE) / 1_000) {
      const samples = Int16Array.from({ length: SAMPLES }, (_, at) =>
        9_000 * Math.sin((2 * Math.PI * tone * (count * SAMPLES + at)) / SAMPLE_RATE),
      );
      sounds.onData({ samples, sampleRate: SAMPLE_RATE, bitsPerSample: 16, channelCount: 1, numberOfFrames: SAMPLES });
      count += 1;
    }
  }, 10);

  const [voice, camera] = [sounds.createTrack(), pictures.createTrack()];
  const stop = () => {
    [painting, playing].forEach(clearInterval);
    [voice, camera].forEach((track) => track.stop());
  };
  return { voice, camera, stop };
}

/** What arrives from one person. */
class Senses {
  #sinks = new Map();
  #seen = {};
  #heard = {};

  /** Watches or listens to what a receiver brings, under this name, once. */
  follow(name, { track }) {
    if (this.#sinks.has(name)) {
      return;
    }
    const sink = track.kind === 'video' ? new RTCVideoSink(track) : new RTCAudioSink(track);
    this.#sinks.set(name, sink);
    sink.onframe = ({ frame }) => (this.#seen[name] = frame);
    sink.ondata = ({ samples, sampleRate, channelCount }) => {
      const heard = this.#heard[name]?.samples ?? [];
      const mono = samples.filter((_, at) => at % channelCount === 0);
      // The last fifth of a second is enough to hear a pitch in.
      this.#heard[name] = { samples: [...heard, ...mono].slice(-sampleRate / 5), sampleRate };
    };
  }

  /** Colours and pitches of what came since this was last asked. */
  take() {
    const [seen, heard] = [this.#seen, this.#heard];
    [this.#seen, this.#heard] = [{}, {}];
    const sees = Object.entries(seen).map(([name, frame]) => [name, colourOf(frame)]);
    const hears = Object.entries(heard).map(([name, { samples, sampleRate }]) => [name, pitch(samples, sampleRate)]);
    return { sees: Object.fromEntries(sees), hears: Object.fromEntries(hears) };
  }

  end() {
    this.#sinks.forEach((sink) => sink.stop());
  }
}

/** The colour in the upper middle of a picture. */
function colourOf({ width, height, data }) {
  const rgba = new Uint8ClampedArray(width * height * 4);
  i420ToRgba({ width, height, data }, { width, height, data: rgba });
  const at = ((height >> 2) * width + (width >> 1)) * 4;
  return [...rgba.slice(at, at + 3)];
}

const library = {
  open: (configuration) => new wrtc.RTCPeerConnection(configuration),
  description: (connection) => connection.localDescription.sdp,
  tracks,
  senses: () => new Senses(),
};
await main((manner) => new Bot(library, manner));
