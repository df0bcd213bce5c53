/**
 * A bot for Visavis that takes part over the server's SFU, on werift: it shows a colour, plays a tone, says what it sees and hears, and
 * answers in the chat.
 *
 * Written from docs/protocol.md, "The SFU"; words in quotes name the parts of it that a rule is from. Its one connection leads to the
 * SFU: whom that does not reach it does not meet.
 */
import { play } from './ffmpeg.mjs';
import { Seat, main } from './seat.mjs';
import { SfuChat } from './sfu-chat.mjs';
import { SfuConnection } from './sfu-connection.mjs';

/** At most so many pictures are asked for ("Watching"). */
const MOST_PICTURES = 32;

/** So many messages of the server may wait; more are dropped. */
const WAITING = 500;

/** What the other clients call what arrives in a slot. */
const SENSED = { microphone: 'voice', camera: 'camera', 'screen-audio': 'screen-sound', 'screen-video': 'screen' };

/** One seat in one room. */
class SfuBot extends Seat {
  wish = { sfu: 1 };

  /** `voices` and `pictures` are numbers of slots; `says` is said when there is a chat. */
  constructor({ voices, pictures, says, ...manner }) {
    super(manner);
    this.places = { audio: Number(voices), video: Number(pictures) };
    this.people = new Map();
    this.chat = new SfuChat(this, says);
    this.wishes = 0;
    this.waiting = 0;
    this.work = Promise.resolve();
  }

  /** Stays in the room until it is told to leave, or the server does not want it back. */
  async run() {
    const reporting = setInterval(() => this.reportSenses(), 1_000);
    play(this.colour, this.tone, (kind, packet) => this.sfu?.write(kind, packet));
    const code = await this.stay();
    clearInterval(reporting);
    await this.sfu?.close();
    this.report('left', { code });
  }

  /** Has something done when all before it is done; what is too much is dropped. */
  later(take) {
    if (this.waiting === WAITING) {
      return;
    }
    this.waiting += 1;
    this.work = this.work.then(take).catch((trouble) => this.report('trouble', { what: `${trouble}` }));
    this.work.then(() => (this.waiting -= 1));
  }

  connect() {
    this.wishes = 0;
    return super.connect();
  }

  hear(message) {
    this.later(() => this.take(message));
  }

  async take(message) {
    switch (message.type) {
      case 'welcome':
        return this.enter(message);
      case 'ice-servers':
        return this.configure(message.iceServers);
      case 'peer-joined':
        this.meet(message);
        return this.watch();
      case 'peer-sfu':
        return this.report('reached', { peer: message.peer, sfu: message.sfu });
      case 'peer-left':
        this.part(message.peer);
        return this.watch();
      case 'answer':
        return message.from === this.sfu?.peer && this.sfu.takeAnswer(message);
      case 'slots':
        return this.sfu?.takeSlots(message);
      case 'send':
        return this.sfu?.takeOrder(message);
      case 'error':
        this.report('error', { code: message.code, message: message.message });
        if (message.code === 'sfu-refused') {
          this.sfu?.refused();
        } else if (['bad-room', 'bad-name'].includes(message.code)) {
          this.leave();
        }
    }
  }

  async enter(welcome) {
    const { resumed, peers, sfu: terms } = welcome;
    this.sit(welcome);
    if (terms?.use !== 'on') {
      this.report('trouble', { what: 'the room does not go through an SFU' });
      this.leave();
      return;
    }
    const present = new Set(peers.map(({ peer }) => peer));
    [...this.people.keys()].filter((peer) => !present.has(peer)).forEach((peer) => this.part(peer));
    peers.forEach((info) => this.meet(info));
    // The connection is gone with the run of the server, and with the seat ("Who speaks to it").
    if (this.sfu && resumed && terms.run === this.serverRun) {
      await this.sfu.sayAgain();
    } else {
      await this.sfu?.close();
      this.serverRun = terms.run;
      this.sfu = new SfuConnection(this, terms.peer, this.places);
      await this.sfu.begin();
    }
    this.watch();
  }

  meet({ peer, name, sfu }) {
    if (!this.people.has(peer)) {
      this.people.set(peer, name);
      this.chat.meet(peer);
      this.report('came', { peer, name, sfu });
    }
  }

  part(peer) {
    if (this.people.has(peer)) {
      this.report('went', { peer, name: this.people.get(peer) });
      this.people.delete(peer);
      this.chat.part(peer);
    }
  }

  /** The whole wish: everybody, those first who were there first ("Watching"). */
  watch() {
    this.wishes += 1;
    const pictures = [...this.people.keys()].map((peer) => ({ peer, camera: 'large', screen: 'large' }));
    this.send('watch', { number: this.wishes, pictures: pictures.slice(0, MOST_PICTURES) });
  }

  reportSenses() {
    const { slots = [], beats = 0 } = this.sfu?.sense() ?? {};
    const people = new Map([...this.people].map(([peer, name]) => [peer, { name, sees: {}, hears: {} }]));
    for (const { peer, track, colours, hertz } of slots.filter((slot) => people.has(slot.peer))) {
      if (colours) {
        people.get(peer).sees[SENSED[track]] = colours.at(-1);
      }
      if (hertz) {
        people.get(peer).hears[SENSED[track]] = hertz;
      }
    }
    this.report('senses', { people: [...people.values()], slots, beats });
  }
}

const option = (value) => ({ type: 'string', default: value });
await main((manner) => new SfuBot(manner), { voices: option('6'), pictures: option('4'), says: { type: 'string' } });
