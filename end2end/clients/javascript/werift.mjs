/**
 * The bot on werift, WebRTC in TypeScript alone: it hands over RTP packets. ffmpeg, which has to be on PATH, makes those that are
 * sent and decodes those that arrive.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { MediaStreamTrack, RTCPeerConnection } from 'werift';
import { main } from './bot.mjs';
import { pitch } from './pitch.mjs';

const SAMPLE_RATE = 48_000;

/** ffmpeg takes RTP at a port of ours and RTCP at the next one. */
let nextPort = randomInt(10_000, 30_000) * 2;
const sender = createSocket('udp4').unref();

/** Opens a connection. Its `sessions` tells it from others, see `description`. */
function open(configuration) {
  const connection = new RTCPeerConnection(configuration);
  connection.session = randomInt(2 ** 47);
  return connection;
}

/** werift has one certificate for all connections, and writes another session id into every description: with one for each connection
 * the other side can tell a new connection from the one it knows ("The same connection, or a new one"). */
function description(connection) {
  return connection.localDescription.sdp.replace(/^o=\S+ \S+/m, `o=- ${connection.session}`);
}

/** What is sent is made once, for everybody, and written to a track for each. */
const listeners = { video: new Set(), audio: new Set() };
let source;

function tracks({ colour, tone }) {
  source ??= makeMedia(colour, tone);
  const [voice, camera] = ['audio', 'video'].map((kind) => new MediaStreamTrack({ kind }));
  listeners.audio.add(voice);
  listeners.video.add(camera);
  const stop = () => {
    listeners.audio.delete(voice);
    listeners.video.delete(camera);
  };
  return { voice, camera, stop };
}

/** A colour as VP8 with a key frame each second, and a tone as Opus. */
function makeMedia(colour, tone) {
  const hex = colour.map((part) => part.toString(16).padStart(2, '0')).join('');
  const [video, audio] = ['video', 'audio'].map((kind) => {
    const socket = createSocket('udp4').bind(nextPort, '127.0.0.1');
    socket.on('message', (packet) => listeners[kind].forEach((track) => track.writeRtp(packet)));
    nextPort += 2;
    return `rtp://127.0.0.1:${nextPort - 2}?pkt_size=1200`;
  });
  return ffmpeg(
    '-re', '-f', 'lavfi', '-i', `color=c=0x${hex}:size=320x180:rate=15`,
    '-re', '-f', 'lavfi', '-i', `sine=frequency=${tone}:sample_rate=${SAMPLE_RATE}`,
    '-map', '0:v', '-c:v', 'libvpx', '-deadline', 'realtime', '-b:v', '300k', '-g', '15', '-f', 'rtp', video,
    '-map', '1:a', '-c:a', 'libopus', '-b:a', '32k', '-application', 'lowdelay', '-f', 'rtp', audio,
  );
}

/** Runs it for as long as the bot does: it ends with the pipe that the bot holds open, also when the bot is killed. */
function ffmpeg(...words) {
  const guarded = 'ffmpeg "$@" <&- & running=$!; read -r end; kill $running; wait $running';
  const command = ['-c', guarded, 'ffmpeg', '-v', 'error', '-nostdin', ...words];
  return spawn('sh', command, { stdio: ['pipe', 'pipe', 'ignore'] });
}

/** What arrives from one person: a decoder for each track, from its first packet on. */
class Senses {
  #decoders = new Map();
  #sees = {};
  #heard = {};

  /** Watches or listens to what a receiver brings, under this name, once. */
  follow(name, receiver) {
    const { track } = receiver;
    if (this.#decoders.has(name)) {
      return;
    }
    this.#decoders.set(name, undefined);
    track.onReceiveRtp.subscribe((packet) => {
      const decoder = this.#decoders.get(name) ?? this.#decode(name, receiver, packet.header);
      sender.send(packet.serialize(), decoder.port, '127.0.0.1');
    });
  }

  #decode(name, receiver, { payloadType, ssrc }) {
    const port = nextPort;
    nextPort += 2;
    const isPicture = receiver.track.kind === 'video';
    const [medium, format, output] = isPicture
      ? ['video', 'VP8/90000', ['-vf', 'fps=5,scale=16:10', '-pix_fmt', 'rgb24', '-f', 'rawvideo']]
      : ['audio', 'opus/48000/2', ['-ac', '1', '-ar', SAMPLE_RATE, '-f', 's16le']];
    const sdp =
      `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\n` +
      `m=${medium} ${port} RTP/AVP ${payloadType}\na=rtpmap:${payloadType} ${format}\n`;
    const child = ffmpeg(
      '-protocol_whitelist', 'data,rtp,udp', '-fflags', 'nobuffer', '-analyzeduration', '0', '-f', 'sdp',
      '-i', `data:application/sdp;base64,${Buffer.from(sdp).toString('base64')}`, ...output, 'pipe:1',
    );
    child.stdout.on('data', (data) => {
      if (isPicture) {
        const upperMiddle = data.length - 480 + (2 * 16 + 8) * 3;
        this.#sees[name] = [...data.subarray(upperMiddle, upperMiddle + 3)];
      } else {
        const samples = new Int16Array(data.buffer.slice(data.byteOffset, data.byteOffset + (data.length & ~1)));
        this.#heard[name] = samples.slice(-SAMPLE_RATE / 5);
      }
    });
    // A decoder can begin with a key frame only.
    const asking = isPicture && setInterval(() => (this.#sees[name] ? clearInterval(asking) : receiver.sendRtcpPLI(ssrc)), 500);
    const decoder = { port, end: () => (clearInterval(asking), child.stdin.end()) };
    this.#decoders.set(name, decoder);
    return decoder;
  }

  /** Colours and pitches of what came since this was last asked. */
  take() {
    const hears = Object.entries(this.#heard).map(([name, samples]) => [name, pitch(samples, SAMPLE_RATE)]);
    const taken = { sees: this.#sees, hears: Object.fromEntries(hears) };
    [this.#sees, this.#heard] = [{}, {}];
    return taken;
  }

  end() {
    this.#decoders.forEach((decoder) => decoder?.end());
  }
}

await main({ open, description, tracks, senses: () => new Senses() });
