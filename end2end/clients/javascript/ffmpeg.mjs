/**
 * Media by ffmpeg, which has to be on PATH: it makes the RTP packets that are sent, and decodes those that arrive.
 *
 * No process outlives the bot, also when that is killed: each ends with a pipe that the bot holds open.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { Vp8RtpPayload } from 'werift';
import { WEBMContainer } from 'werift/nonstandard';
import { pitch } from './pitch.mjs';

const SAMPLE_RATE = 48_000;

/** A key frame is asked for so often at the most, in ms. */
const ASKS_EVERY_MS = 500;

/** Pictures are looked at in this size, as bytes of red, green and blue. */
const [WIDTH, HEIGHT, PIXEL] = [16, 10, 3];
const UPPER_MIDDLE = (2 * WIDTH + WIDTH / 2) * PIXEL;

/**
 * Makes a colour as VP8 and a tone as Opus, and hands `take` the kind and the bytes of each packet. There is a key frame every half
 * second, so that none has to be made when one is asked for: ffmpeg cannot be told.
 */
export function play(colour, tone, take) {
  const hex = colour.map((part) => part.toString(16).padStart(2, '0')).join('');
  // ffmpeg sends RTP to a port of ours and RTCP to the next one.
  const port = randomInt(10_000, 30_000) * 2;
  const [video, audio] = ['video', 'audio'].map((kind, place) => {
    const socket = createSocket('udp4').bind(port + 2 * place, '127.0.0.1');
    socket.on('message', (packet) => take(kind, packet));
    return `rtp://127.0.0.1:${port + 2 * place}?pkt_size=1200`;
  });
  const words = [
    '-v', 'error', '-nostdin',
    '-re', '-f', 'lavfi', '-i', `color=c=0x${hex}:size=320x180:rate=15`,
    '-re', '-f', 'lavfi', '-i', `sine=frequency=${tone}:sample_rate=${SAMPLE_RATE}`,
    '-map', '0:v', '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '300k', '-g', '8', '-f', 'rtp', video,
    '-map', '1:a', '-c:a', 'libopus', '-b:a', '32k', '-application', 'lowdelay', '-f', 'rtp', audio,
  ];
  const guarded = 'ffmpeg "$@" <&- & running=$!; read -r end; kill $running; wait $running';
  return spawn('sh', ['-c', guarded, 'ffmpeg', ...words], { stdio: ['pipe', 'ignore', 'ignore'] });
}

/** Decodes frames that it gets as WebM, a cluster each; the threads of ffmpeg would keep some of them back. */
class Decoder {
  #began = performance.now();

  constructor(kind, codec, output, take) {
    this.container = new WEBMContainer([{ kind, codec, trackNumber: 1 }]);
    const input = ['-threads', '1', '-probesize', '32', '-analyzeduration', '0', '-f', 'matroska', '-i', 'pipe:0'];
    const words = ['-v', 'error', ...input, ...output, '-flush_packets', '1', 'pipe:1'];
    this.child = spawn('ffmpeg', words, { stdio: ['pipe', 'pipe', 'ignore'] });
    // It may have ended before what it is told then.
    this.child.stdin.on('error', () => {});
    this.child.stdout.on('data', take);
    this.child.stdin.write(Buffer.concat([this.container.ebmlHeader, this.container.createSegment()]));
  }

  write(frame, isKeyFrame) {
    const cluster = this.container.createCluster(Math.round(performance.now() - this.#began));
    this.child.stdin.write(Buffer.concat([cluster, this.container.createSimpleBlock(frame, isKeyFrame, 1, 0)]));
  }

  end() {
    this.child.stdin.end();
  }
}

/** Watches a picture: of each frame that is whole it tells the colour in the upper middle. */
export class Watcher {
  #decoder;
  #decoded = Buffer.alloc(0);
  #frame = [];
  #next;
  #isBroken = true;
  #asked = -ASKS_EVERY_MS;

  /** `note` is told the colours, and `ask` asks for a key frame. */
  constructor(note, ask) {
    this.ask = ask;
    const output = ['-vf', `scale=${WIDTH}:${HEIGHT}`, '-fps_mode', 'passthrough', '-pix_fmt', 'rgb24', '-f', 'rawvideo'];
    this.#decoder = new Decoder('video', 'VP8', output, (data) => {
      const frames = Buffer.concat([this.#decoded, data]);
      const size = WIDTH * HEIGHT * PIXEL;
      let at = 0;
      for (; at + size <= frames.length; at += size) {
        note([...frames.subarray(at + UPPER_MIDDLE, at + UPPER_MIDDLE + PIXEL)]);
      }
      this.#decoded = frames.subarray(at);
    });
  }

  /** Takes the next packet. What is missing is not waited for: the picture goes on with the next key frame. */
  take({ header: { sequenceNumber, marker }, payload }) {
    const ahead = (sequenceNumber - (this.#next ?? sequenceNumber)) & 0xffff;
    if (ahead >= 0x8000) {
      return; // late
    }
    this.#isBroken ||= ahead > 0;
    this.#next = (sequenceNumber + 1) & 0xffff;
    if (payload.length === 0) {
      return; // padding
    }
    const part = Vp8RtpPayload.deSerialize(payload);
    if (part.payloadHeaderExist) {
      this.#frame = [];
      this.#isBroken &&= !part.isKeyframe;
    }
    if (this.#isBroken) {
      this.#askForKeyFrame();
      return;
    }
    this.#frame.push(part.payload);
    if (marker) {
      const frame = Buffer.concat(this.#frame);
      this.#decoder.write(frame, (frame[0] & 1) === 0);
    }
  }

  end() {
    this.#decoder.end();
  }

  #askForKeyFrame() {
    if (performance.now() - this.#asked >= ASKS_EVERY_MS) {
      this.#asked = performance.now();
      this.ask();
    }
  }
}

/** Listens to a sound. */
export class Listener {
  #decoder;
  #heard = new Int16Array(0);

  constructor() {
    this.#decoder = new Decoder('audio', 'OPUS', ['-ac', '1', '-ar', SAMPLE_RATE, '-f', 's16le'], (data) => {
      const samples = new Int16Array(data.buffer.slice(data.byteOffset, data.byteOffset + (data.length & ~1)));
      // The last fifth of a second is enough to hear a pitch in.
      this.#heard = Int16Array.from([...this.#heard, ...samples]).slice(-SAMPLE_RATE / 5);
    });
  }

  take({ payload }) {
    if (payload.length > 0) {
      this.#decoder.write(payload, true);
    }
  }

  /** The pitch in Hz of what was heard since this was last asked; undefined for silence. */
  hertz() {
    const heard = this.#heard;
    this.#heard = new Int16Array(0);
    return pitch(heard, SAMPLE_RATE);
  }

  end() {
    this.#decoder.end();
  }
}
