/**
 * A device on node-datachannel, to be measured beside `visavis join --stdio`: it sends lines of application messages to everyone.
 *
 * Written from docs/protocol.md and docs/protocol-data-channels.md; words in quotes name the parts of them that a rule is from.
 * It takes a seat as a device and has data channels alone. Each line of its standard input is an order as in docs/devices.md,
 * `{"topic": …, "data": …}`, and goes to everyone on the channel for what may get lost. It prints `{"event": "connected"}` when
 * that channel to somebody is open, and leaves when its standard input ends.
 *
 * Nothing is repeated or repaired: what goes wrong ends the program. `--version` prints what it stands on.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { PeerConnection } from 'node-datachannel';
import WebSocket from 'ws';

/** So many candidates may come before their description. */
const EARLY = 64;

/** Somebody else in the room, and the connection to them. */
class Peer {
  constructor(device, id) {
    Object.assign(this, { device, id });
    /** My offer is open. They were there before me, so where two cross mine gives way ("Who calls whom"). */
    this.offering = false;
    /** The number of my last offer, and of the last of theirs ("Numbers"). */
    this.serial = 0;
    this.heard = -1;
    /** Candidates that came before their description ("Candidates"). */
    this.early = [];
  }

  /** Offers from a new connection. */
  begin() {
    this.open();
    this.serial += 1;
    this.offering = true;
    this.number = this.serial;
    this.connection.setLocalDescription('offer');
  }

  /** Puts another connection in the place of the one there is, and makes the channels. */
  open() {
    this.close();
    // The room is on this machine, and needs no ICE servers.
    const connection = new PeerConnection(this.id, { iceServers: [], disableAutoNegotiation: true });
    this.connection = connection;
    connection.onLocalDescription((sdp, type) => connection === this.connection && this.describe(type, sdp));
    connection.onLocalCandidate((candidate, sdpMid) => {
      if (connection === this.connection) {
        this.device.send('ice-candidate', { target: this.id, candidate: { candidate, sdpMid, sdpMLineIndex: 0 } });
      }
    });
    const channel = (label, id, more) => connection.createDataChannel(label, { negotiated: true, id, ...more });
    this.others = [channel('chat', 0), channel('files', 1)];
    this.live = channel('live', 2, { unordered: true, maxRetransmits: 0 });
    this.live.onOpen(() => console.log(JSON.stringify({ event: 'connected', peer: this.id })));
  }

  close() {
    this.connection?.close();
    this.connection = this.live = this.others = this.author = this.answered = undefined;
    this.offering = false;
  }

  takeOffer({ sdp, serial }) {
    const author = authorOf(sdp);
    if (serial < this.heard) {
      return; // late
    }
    if (this.answered && this.answered.number === (serial ?? sdp)) {
      this.device.send('answer', { target: this.id, sdp: this.answered.sdp, serial });
      return;
    }
    if (this.offering || author.fingerprint !== this.author?.fingerprint) {
      this.open(); // "The same connection, or a new one"
    } else if (author.fragment !== this.author.fragment) {
      this.begin(); // libdatachannel cannot restart ICE
      return;
    }
    this.heard = serial ?? this.heard;
    this.number = serial ?? sdp;
    this.settle(sdp, 'offer');
    this.connection.setLocalDescription('answer');
  }

  takeAnswer({ sdp, serial = this.serial }) {
    if (this.offering && serial === this.serial) {
      this.offering = false;
      this.settle(sdp, 'answer');
    }
  }

  settle(sdp, type) {
    this.connection.setRemoteDescription(sdp, type);
    this.author = authorOf(sdp);
    const early = this.early;
    this.early = [];
    early.forEach((candidate) => this.takeCandidate(candidate));
  }

  takeCandidate(candidate) {
    // The end of candidates, which is null or empty, need not be known.
    if (!candidate?.candidate) {
      return;
    }
    if (this.author && (candidate.usernameFragment ?? this.author.fragment) === this.author.fragment) {
      this.connection.addRemoteCandidate(candidate.candidate, candidate.sdpMid ?? '0');
    } else {
      this.early = [...this.early, candidate].slice(-EARLY);
    }
  }

  /** Says a description of mine; `number` is that of the offer that it is or answers, which may be its text. */
  describe(type, sdp) {
    const { number } = this;
    if (type === 'answer') {
      this.answered = { number, sdp };
    }
    this.device.send(type, { target: this.id, sdp, serial: typeof number === 'number' ? number : undefined });
  }
}

/** Who wrote a description: a connection, and the ICE credentials it has at the time. */
function authorOf(sdp) {
  const [, fingerprint] = /^a=fingerprint:(.*?)\r?$/m.exec(sdp);
  const [, fragment] = /^a=ice-ufrag:(\S+)/m.exec(sdp);
  return { fingerprint, fragment };
}

/** One seat in one room. */
class Device {
  constructor(url, room, name) {
    this.peers = new Map();
    this.socket = new WebSocket(url, { perMessageDeflate: false });
    this.socket.on('open', () => this.send('join', { room, name, kind: 'device' }));
    this.socket.on('message', (text) => this.hear(JSON.parse(text)));
    this.socket.on('close', () => process.exit());
    const orders = createInterface({ input: process.stdin });
    orders.on('line', (line) => this.follow(JSON.parse(line)));
    orders.on('close', () => this.send('leave'));
  }

  send(type, fields) {
    this.socket.send(JSON.stringify({ type, ...fields }));
  }

  hear(message) {
    const peer = this.peers.get(message.from ?? message.peer);
    switch (message.type) {
      case 'welcome':
        return message.peers.forEach((info) => this.meet(info.peer).begin());
      case 'peer-joined':
        return peer ?? this.meet(message.peer);
      case 'peer-left':
        peer?.close();
        return this.peers.delete(message.peer);
      case 'offer':
        return peer?.takeOffer(message);
      case 'answer':
        return peer?.takeAnswer(message);
      case 'ice-candidate':
        return peer?.takeCandidate(message.candidate);
      case 'error':
        throw new Error(message.message);
    }
  }

  meet(id) {
    const peer = new Peer(this, id);
    this.peers.set(id, peer);
    return peer;
  }

  follow({ topic, data }) {
    const frame = JSON.stringify({ type: 'app', topic, data });
    this.peers.forEach(({ live }) => live?.isOpen() && live.sendMessage(frame));
  }
}

const [first, ...others] = process.argv.slice(2);
if (first === '--version') {
  const { name, version } = JSON.parse(readFileSync(new URL('node_modules/node-datachannel/package.json', import.meta.url)));
  console.log(`${name} ${version}`);
} else {
  new Device(first, ...others);
}
