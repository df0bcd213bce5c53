/**
 * A bot for Visavis: one seat in one room. It shows a colour, plays a tone, says what it sees and hears, and answers in the chat.
 *
 * Written from docs/protocol.md; words in quotes name the parts of it that a rule is from. What it notices goes to standard output,
 * one JSON object a line. SIGINT and SIGTERM make it leave.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import WebSocket from 'ws';
import { Peer } from './peer.mjs';

/** After these codes nobody comes back ("Close codes"). */
const FINAL = [1000, 1007, 1008, 1009, 4001, 4003];

/** The server pings every 5 s; a socket that is silent for three times as long is dead ("Life signs"). */
const SILENCE_MS = 15_000;

const MEDIA = { audio: true, video: true, screen: false };

export class Bot {
  constructor(library, { url, room, name, colour, tone }) {
    Object.assign(this, { library, url, room, name, colour, tone });
    this.peers = new Map();
    /** Ids of messages are unique among mine, also after a restart. */
    this.visit = randomBytes(6).toString('hex');
    this.said = 0;
  }

  /** Stays in the room until it is told to leave, or the server does not want it back. */
  async run() {
    const reporting = setInterval(() => this.reportSenses(), 1_000);
    let code;
    this.wait = 500;
    while (!this.leaving && !FINAL.includes(code)) {
      code = await this.connect();
      if (!FINAL.includes(code)) {
        await sleep(this.wait * Math.random());
        this.wait = Math.min(this.wait * 2, 8_000);
      }
    }
    clearInterval(reporting);
    this.peers.forEach((peer) => this.forget(peer));
    this.report('left', { code });
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
    socket.on('open', () => this.send('join', { room: this.room, name: this.name, resume: this.resume, media: MEDIA }));
    socket.on('ping', hearLife);
    socket.on('message', (text) => this.hear(JSON.parse(text)));
    socket.on('error', (trouble) => this.report('trouble', { what: `${trouble}` }));
    return new Promise((resolve) => {
      socket.on('close', (code) => {
        clearTimeout(silence);
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

  leave() {
    this.leaving = true;
    if (this.seated) {
      this.send('leave');
    } else {
      this.socket.terminate();
    }
  }

  hear(message) {
    const peer = this.peers.get(message.from ?? message.peer);
    switch (message.type) {
      case 'welcome':
        return this.enter(message);
      case 'ice-servers':
        return this.configure(message.iceServers);
      case 'peer-joined':
        return peer ? peer.later(() => peer.hearAgain()) : this.meet(message, false);
      case 'peer-back':
        return peer?.later(() => peer.hearAgain());
      case 'peer-left':
        return peer && this.forget(peer);
      case 'offer':
        return peer?.later(() => peer.takeOffer(message));
      case 'answer':
        return peer?.later(() => peer.takeAnswer(message));
      case 'ice-candidate':
        return peer?.later(() => peer.takeCandidate(message));
      case 'error':
        this.report('error', { code: message.code, message: message.message });
        return ['bad-room', 'bad-name'].includes(message.code) && this.leave();
    }
  }

  enter({ peer: me, resume, resumed, peers, iceServers, iceTransportPolicy, recovering }) {
    this.policy = iceTransportPolicy ?? 'all';
    this.configure(iceServers);
    this.resume = resume;
    this.seated = true;
    this.wait = 500;
    this.report('joined', { peer: me, resumed });
    // The first message on the socket shows that the welcome has arrived: the token before it is dead now.
    this.send('media', MEDIA);
    const present = new Set(peers.map(({ peer }) => peer));
    for (const peer of this.peers.values()) {
      if (!resumed || (!present.has(peer.id) && !recovering)) {
        this.forget(peer);
      } else {
        peer.later(() => peer.hearAgain());
      }
    }
    for (const info of peers.filter(({ peer }) => !this.peers.has(peer))) {
      const peer = this.meet(info, !resumed);
      // Who came while I was away has offered in vain, and does so again ("Who calls whom").
      setTimeout(() => peer.later(() => peer.beginUnlessMet()), resumed ? 3_000 : 0);
    }
  }

  configure(iceServers) {
    this.configuration = { iceServers, iceTransportPolicy: this.policy, bundlePolicy: 'max-bundle' };
  }

  meet(info, polite) {
    const peer = new Peer(this, info, polite);
    this.peers.set(peer.id, peer);
    this.report('came', { peer: peer.id, name: peer.name });
    return peer;
  }

  forget(peer) {
    this.peers.delete(peer.id);
    void peer.work.then(() => peer.close());
    this.report('went', { peer: peer.id, name: peer.name });
  }

  // ---- what it does ----

  hearMessage(peer, text) {
    this.report('message', { name: peer.name, text });
    // Only who speaks to it is answered: two bots would otherwise never stop.
    if (text.startsWith(`${this.name}:`)) {
      this.say(`${peer.name} said ${text.slice(this.name.length + 1).trim()}`);
    }
  }

  /** A message to everyone: the same frame, with the same id, for each of them. */
  say(text) {
    this.said += 1;
    const id = `${this.visit}-${this.said}`;
    const frame = JSON.stringify({ type: 'message', id, text, sentAt: Date.now() });
    this.peers.forEach((peer) => peer.say(id, frame));
  }

  report(type, fields) {
    console.log(JSON.stringify({ type, ...fields }));
  }

  reportSenses() {
    const people = [...this.peers.values()].map(({ name, senses }) => ({ name, sees: {}, hears: {}, ...senses?.take() }));
    this.report('senses', { people });
  }
}

/** Runs a bot on this library, as the command line says. */
export async function main(library) {
  const options = { colour: { type: 'string', default: '30,70,205' }, tone: { type: 'string', default: '560' } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [url, room, name] = positionals;
  if (!name) {
    console.error('usage: wss://SERVER/ws ROOM NAME [--colour RED,GREEN,BLUE] [--tone HZ]');
    process.exit(2);
  }
  const bot = new Bot(library, { url, room, name, colour: values.colour.split(',').map(Number), tone: Number(values.tone) });
  process.on('SIGINT', () => bot.leave());
  process.on('SIGTERM', () => bot.leave());
  await bot.run();
  process.exit();
}
