/**
 * A bot for Visavis: it shows a colour, plays a tone, says what it sees and hears, and answers in the chat.
 *
 * Written from docs/protocol.md; words in quotes name the parts of it that a rule is from.
 */
import { randomBytes } from 'node:crypto';
import { Peer } from './peer.mjs';
import { Seat } from './seat.mjs';

/** One seat in one room, and a connection to everybody else in it. */
export class Bot extends Seat {
  constructor(library, manner) {
    super(manner);
    this.library = library;
    this.peers = new Map();
    /** Ids of messages are unique among mine, also after a restart. */
    this.visit = randomBytes(6).toString('hex');
    this.said = 0;
  }

  /** Stays in the room until it is told to leave, or the server does not want it back. */
  async run() {
    const reporting = setInterval(() => this.reportSenses(), 1_000);
    const code = await this.stay();
    clearInterval(reporting);
    this.peers.forEach((peer) => this.forget(peer));
    this.report('left', { code });
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

  enter(welcome) {
    const { resumed, peers, recovering } = welcome;
    this.sit(welcome);
    // The first message on the socket shows that the welcome has arrived: the token before it is dead now.
    this.send('media', this.media);
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

  reportSenses() {
    const people = [...this.peers.values()].map(({ name, senses }) => ({ name, sees: {}, hears: {}, ...senses?.take() }));
    this.report('senses', { people });
  }
}
