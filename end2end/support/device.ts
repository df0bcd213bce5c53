/** A device in the room: a program in a page of its own that speaks the protocol itself, tells values and has controls. */
import type { Page } from '@playwright/test';
import type { Person } from './person.js';

/** A message of an application that a page sent it. */
export interface Heard {
  topic: string;
  data: unknown;
  ack?: number;
}

/** A control as it is announced. */
export interface Control {
  topic: string;
  label: string;
  kind: 'button' | 'switch';
  on?: boolean;
}

/** How it answers when a control is pressed; `undefined` for not at all. */
export type Answer = { error?: string } | undefined;

/** What the device's page offers to the tests. */
interface Gadget {
  readonly heard: Heard[];
  answer: Answer;
  announce(controls: Control[]): void;
  tell(topic: string, data: unknown): void;
  send(type: string, fields: object): void;
}

declare global {
  interface Window {
    gadget: Gadget;
  }
}

/** Runs in the device's page: takes a seat, and calls everybody who is there. */
async function install({ room, name }: { room: string; name: string }): Promise<void> {
  type Description = { from: string; sdp: string; serial?: number };
  type Message = Description & { type: string; peer: string; peers: { peer: string }[]; iceServers: RTCIceServer[] };
  type Link = { connection: RTCPeerConnection; chat: RTCDataChannel; work: Promise<unknown>; author?: string };

  const links = new Map<string, Link>();
  let controls: Control[] = [];
  let configuration: RTCConfiguration = {};
  const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws`);
  const send = (type: string, fields: object): void => socket.send(JSON.stringify({ type, ...fields }));
  const say = (chat: RTCDataChannel, topic: string, data: unknown): void => {
    if (chat.readyState === 'open') {
      chat.send(JSON.stringify({ type: 'app', topic, data }));
    }
  };

  const gadget: Gadget = {
    heard: [],
    answer: {},
    send,
    announce(announced) {
      controls = announced;
      links.forEach(({ chat }) => say(chat, 'device/controls', controls));
    },
    tell(topic, data) {
      links.forEach(({ chat }) => say(chat, topic, data));
    },
  };
  window.gadget = gadget;

  const hear = (chat: RTCDataChannel, text: string): void => {
    const frame = JSON.parse(text) as Heard & { type: string; id: string };
    if (frame.type === 'message') {
      chat.send(JSON.stringify({ type: 'received', id: frame.id }));
    } else if (frame.type === 'app') {
      const { topic, data, ack } = frame;
      gadget.heard.push({ topic, data, ack });
      if (gadget.answer && ack !== undefined) {
        say(chat, `${topic}/ack`, { ack, ...gadget.answer });
      }
    }
  };

  /** Another connection to somebody, in place of any there is. */
  const open = (peer: string): Link => {
    links.get(peer)?.connection.close();
    const connection = new RTCPeerConnection(configuration);
    const channel = (label: string, id: number, more: RTCDataChannelInit = {}): RTCDataChannel =>
      connection.createDataChannel(label, { negotiated: true, id, ...more });
    const chat = channel('chat', 0);
    const files = channel('files', 1);
    channel('live', 2, { ordered: false, maxRetransmits: 0 });
    chat.addEventListener('open', () => {
      chat.send(JSON.stringify({ type: 'viewing', camera: 'hidden', screen: 'hidden' }));
      say(chat, 'device/controls', controls);
    });
    chat.addEventListener('message', ({ data }: MessageEvent<string>) => hear(chat, data));
    files.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const frame = JSON.parse(data) as { type: string; id: number };
      if (frame.type === 'offer') {
        files.send(JSON.stringify({ type: 'decline', id: frame.id }));
      }
    });
    connection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate?.candidate !== '') {
        send('ice-candidate', { target: peer, candidate: candidate?.toJSON() ?? null });
      }
    });
    const link: Link = { connection, chat, work: Promise.resolve() };
    links.set(peer, link);
    return link;
  };

  /** Has something done when all before it is done. */
  const later = (link: Link, take: () => Promise<unknown>): void => {
    link.work = link.work.then(take);
  };

  const call = async (peer: string): Promise<void> => {
    const link = open(peer);
    ['audio', 'video', 'audio', 'video'].forEach((kind) => link.connection.addTransceiver(kind, { direction: 'recvonly' }));
    await link.connection.setLocalDescription();
    send('offer', { target: peer, sdp: link.connection.localDescription!.sdp, serial: 1 });
  };

  const authorOf = (sdp: string): string | undefined => /a=fingerprint:\S+ \S+/.exec(sdp)?.[0];

  const takeOffer = ({ from, sdp, serial }: Description): void => {
    const known = links.get(from);
    const author = authorOf(sdp);
    const link = known && (known.author ?? author) === author ? known : open(from);
    link.author = author;
    later(link, async () => {
      await link.connection.setRemoteDescription({ type: 'offer', sdp });
      await link.connection.setLocalDescription();
      send('answer', { target: from, sdp: link.connection.localDescription!.sdp, serial });
    });
  };

  const takeAnswer = ({ from, sdp }: Description): void => {
    const link = links.get(from);
    if (link?.connection.signalingState === 'have-local-offer') {
      link.author = authorOf(sdp);
      later(link, () => link.connection.setRemoteDescription({ type: 'answer', sdp }));
    }
  };

  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  const welcomed = new Promise<void>((resolve) => {
    socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const message = JSON.parse(data) as Message & { candidate: RTCIceCandidateInit | null };
      const link = links.get(message.from);
      switch (message.type) {
        case 'welcome':
          configuration = { iceServers: message.iceServers, bundlePolicy: 'max-bundle' };
          message.peers.forEach(({ peer }) => void call(peer));
          return resolve();
        case 'offer':
          return takeOffer(message);
        case 'answer':
          return takeAnswer(message);
        case 'ice-candidate':
          return link && later(link, () => link.connection.addIceCandidate(message.candidate ?? undefined));
        case 'peer-left':
          links.get(message.peer)?.connection.close();
          links.delete(message.peer);
      }
    });
  });
  send('join', { room, name, kind: 'device' });
  await welcomed;
}

export class Device {
  private constructor(
    readonly name: string,
    private readonly page: Page,
  ) {}

  /** Joins a room from a further page of this person's browser. */
  static async join(person: Person, room: string, name: string): Promise<Device> {
    const page = await person.page.context().newPage();
    await page.goto(person.url);
    await page.evaluate(install, { room, name });
    return new Device(name, page);
  }

  /** Has these controls from now on. */
  async announce(...controls: Control[]): Promise<void> {
    await this.page.evaluate((controls) => window.gadget.announce(controls), controls);
  }

  /** Tells everybody it is connected to a value, or several. */
  async tell(topic: string, data: unknown): Promise<void> {
    await this.page.evaluate(({ topic, data }) => window.gadget.tell(topic, data), { topic, data });
  }

  /** Answers presses like this from now on. */
  async answers(answer: Answer): Promise<void> {
    await this.page.evaluate((answer) => {
      window.gadget.answer = answer;
    }, answer);
  }

  /** Says that it sends pictures, or does not. */
  async saysItSendsPictures(video: boolean): Promise<void> {
    await this.page.evaluate((video) => window.gadget.send('media', { audio: false, video, screen: false }), video);
  }

  /** What pages sent it so far. */
  heard(): Promise<Heard[]> {
    return this.page.evaluate(() => window.gadget.heard);
  }

  /** Leaves the room. */
  async leave(): Promise<void> {
    await this.page.evaluate(() => window.gadget.send('leave', {}));
    await this.page.close();
  }
}
