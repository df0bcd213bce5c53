/**
 * A seat in a room, as long as its bot wants it: the socket, and the way back to it ("Coming back").
 *
 * Written from docs/protocol.md; words in quotes name the parts of it that a rule is from. What a bot notices goes to standard
 * output, one JSON object a line. SIGINT and SIGTERM make it leave.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import WebSocket from 'ws';

/** After these codes nobody comes back ("Close codes"). */
const FINAL = [1000, 1007, 1008, 1009, 4001, 4003];

/** The server pings every 5 s; a socket that is silent for three times as long is dead ("Life signs"). */
const SILENCE_MS = 15_000;

/** One seat in one room. Who has it defines `hear`, for what the server says. */
export class Seat {
  media = { audio: true, video: true, screen: false };

  /** What its `join` says besides. */
  wish = {};

  constructor({ url, room, name, colour, tone }) {
    Object.assign(this, { url, room, name, colour, tone });
    this.wait = 500;
  }

  /** Stays in the room until it is told to leave, or the server does not want it back; the code that it ended with. */
  async stay() {
    let code;
    while (!this.leaving && !FINAL.includes(code)) {
      code = await this.connect();
      if (!FINAL.includes(code)) {
        await sleep(this.wait * Math.random());
        this.wait = Math.min(this.wait * 2, 8_000);
      }
    }
    return code;
  }

  /** One socket from its first message to its end: what it was closed with. */
  connect() {
    const socket = new WebSocket(this.url, { perMessageDeflate: false });
    this.socket = socket;
    this.seated = false;
    let silence;
    const hearLife = () => {
      clearTimeout(silence);
      silence = setTimeout(() => socket.terminate(), SILENCE_MS);
    };
    hearLife();
    const { room, name, media, wish } = this;
    socket.on('open', () => this.send('join', { room, name, media, ...wish, resume: this.resume }));
    socket.on('ping', hearLife);
    socket.on('message', (text) => this.hear(JSON.parse(text)));
    socket.on('error', (trouble) => this.report('trouble', { what: `${trouble}` }));
    return new Promise((resolve) => {
      socket.on('close', (code) => {
        clearTimeout(silence);
        this.seated = false;
        resolve(code);
      });
    });
  }

  /** What is said while the socket is down is lost; who has to hear it is told again when they can. */
  send(type, fields) {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify({ type, ...fields }));
    }
  }

  /** Takes what a `welcome` says about the seat itself. */
  sit({ peer, resume, resumed, iceServers, iceTransportPolicy }) {
    this.policy = iceTransportPolicy ?? 'all';
    this.configure(iceServers);
    this.resume = resume;
    this.seated = true;
    this.wait = 500;
    this.report('joined', { peer, resumed });
  }

  configure(iceServers) {
    this.configuration = { iceServers, iceTransportPolicy: this.policy, bundlePolicy: 'max-bundle' };
  }

  leave() {
    this.leaving = true;
    if (this.seated) {
      this.send('leave');
    } else {
      this.socket.terminate();
    }
  }

  report(type, fields) {
    console.log(JSON.stringify({ type, ...fields }));
  }
}

/** What every bot may be told when it is started. */
const OPTIONS = { colour: { type: 'string', default: '30,70,205' }, tone: { type: 'string', default: '560' } };

/** Runs what `make` makes of the command line, which may have further options. */
export async function main(make, more = {}) {
  const { values, positionals } = parseArgs({ options: { ...OPTIONS, ...more }, allowPositionals: true });
  const [url, room, name] = positionals;
  if (!name) {
    const usage = Object.keys(more).map((option) => ` [--${option} …]`);
    console.error(`usage: wss://SERVER/ws ROOM NAME [--colour RED,GREEN,BLUE] [--tone HZ]${usage.join('')}`);
    process.exit(2);
  }
  const manner = { ...values, colour: values.colour.split(',').map(Number), tone: Number(values.tone) };
  const bot = make({ url, room, name, ...manner });
  process.on('SIGINT', () => bot.leave());
  process.on('SIGTERM', () => bot.leave());
  await bot.run();
  process.exit();
}
