/**
 * What is said in the chat, to people who are reached over the SFU.
 *
 * Written from docs/protocol-data-channels.md, `chat`, and docs/protocol.md, "Channels". A message is kept until everybody it is for has
 * acknowledged it, and is said again to whoever's chat opens anew.
 */
import { randomBytes } from 'node:crypto';

/** A message is also for those who come within this time after it. */
const STILL_NEW_MS = 15_000;

/** So many messages of others are remembered, and so many of mine. */
const [KNOWN, KEPT] = [1_000, 100];

export class SfuChat {
  /** `greeting` is said when there is a chat for the first time. */
  constructor(bot, greeting) {
    Object.assign(this, { bot, greeting });
    /** Ids of messages are unique among mine, also after a restart. */
    this.visit = randomBytes(6).toString('hex');
    this.said = 0;
    /** By their ids: what was said, when, and who has not acknowledged it. */
    this.mine = new Map();
    this.known = new Set();
    this.channel = undefined;
  }

  /** There is a channel on which everybody who has theirs hears what is said; it may be another than before. */
  open(channel) {
    this.channel = channel;
    this.mine.forEach(({ frame, waiting }) => this.tell([...waiting], frame));
    if (this.greeting) {
      this.say(this.greeting);
      this.greeting = undefined;
    }
  }

  close() {
    this.channel = undefined;
  }

  meet(peer) {
    for (const message of this.mine.values()) {
      if (message.waiting.size > 0 || performance.now() - message.at < STILL_NEW_MS) {
        message.waiting.add(peer);
      }
    }
  }

  part(peer) {
    this.mine.forEach(({ waiting }) => waiting.delete(peer));
  }

  /** Their chat is open from now on: what they may have missed is said again. */
  opened(peer) {
    for (const { frame, waiting } of this.mine.values()) {
      if (waiting.has(peer)) {
        this.tell([peer], frame);
      }
    }
  }

  /** A message to everyone. */
  say(text) {
    this.said += 1;
    const id = `${this.visit}-${this.said}`;
    const frame = { type: 'message', id, text, sentAt: Date.now() };
    this.mine.set(id, { frame, at: performance.now(), waiting: new Set(this.bot.people.keys()) });
    this.mine = new Map([...this.mine].slice(-KEPT));
    this.channel?.say({}, JSON.stringify(frame));
  }

  hear(from, frame) {
    if (frame.type === 'received') {
      this.mine.get(frame.id)?.waiting.delete(from);
    } else if (frame.type === 'message') {
      this.tell([from], { type: 'received', id: frame.id });
      // An id is unique among its author's messages alone.
      const known = `${from} ${frame.id}`;
      if (!this.known.has(known)) {
        this.known = new Set([...this.known, known].slice(-KNOWN));
        this.take(this.bot.people.get(from), frame.text);
      }
    }
  }

  take(name, text) {
    this.bot.report('message', { name, text });
    // Only who speaks to it is answered: two bots would otherwise never stop.
    if (text.startsWith(`${this.bot.name}:`)) {
      this.say(`${name} said ${text.slice(this.bot.name.length + 1).trim()}`);
    }
  }

  tell(people, frame) {
    if (people.length > 0) {
      this.channel?.say({ to: people }, JSON.stringify(frame));
    }
  }
}
