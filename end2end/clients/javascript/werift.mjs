/**
 * The bot on werift, WebRTC in TypeScript alone: it hands over RTP packets, and ffmpeg makes and decodes them.
 */
import { randomInt } from 'node:crypto';
import { MediaStreamTrack, RTCPeerConnection } from 'werift';
import { Bot } from './bot.mjs';
import { Listener, Watcher, play } from './ffmpeg.mjs';
import { main } from './seat.mjs';

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
  source ??= play(colour, tone, (kind, packet) => listeners[kind].forEach((track) => track.writeRtp(packet)));
  const [voice, camera] = ['audio', 'video'].map((kind) => new MediaStreamTrack({ kind }));
  listeners.audio.add(voice);
  listeners.video.add(camera);
  const stop = () => {
    listeners.audio.delete(voice);
    listeners.video.delete(camera);
  };
  return { voice, camera, stop };
}

/** What arrives from one person: a decoder for each track, from its first packet on. */
class Senses {
  #followed = new Set();
  #watchers = new Map();
  #listeners = new Map();
  #sees = {};

  /** Watches or listens to what a receiver brings, under this name, once. */
  follow(name, receiver) {
    const { track } = receiver;
    if (this.#followed.has(name)) {
      return;
    }
    this.#followed.add(name);
    const decoders = track.kind === 'video' ? this.#watchers : this.#listeners;
    track.onReceiveRtp.subscribe((packet) => {
      if (!decoders.has(name)) {
        decoders.set(name, track.kind === 'video' ? this.#watch(name, receiver, packet.header.ssrc) : new Listener());
      }
      decoders.get(name).take(packet);
    });
  }

  #watch(name, receiver, ssrc) {
    return new Watcher((colour) => (this.#sees[name] = colour), () => receiver.sendRtcpPLI(ssrc));
  }

  /** Colours and pitches of what came since this was last asked. */
  take() {
    const hears = [...this.#listeners].map(([name, listener]) => [name, listener.hertz()]);
    const taken = { sees: this.#sees, hears: Object.fromEntries(hears) };
    this.#sees = {};
    return taken;
  }

  end() {
    [...this.#watchers.values(), ...this.#listeners.values()].forEach((decoder) => decoder.end());
  }
}

const library = { open, description, tracks, senses: () => new Senses() };
await main((manner) => new Bot(library, manner));
