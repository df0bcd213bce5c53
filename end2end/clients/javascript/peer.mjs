/**
 * Somebody else in the room, and the connection to them.
 *
 * Written from docs/protocol.md and docs/protocol-data-channels.md; words in quotes name the parts of them that a rule is from.
 * The library is anything with the W3C's `RTCPeerConnection`; what differs between two of them is in their own files.
 */

/** In every description the sections stand in this order ("Sections"). */
const SECTIONS = [['audio', 'voice'], ['video', 'camera'], ['audio', 'screen-sound'], ['video', 'screen']];

/** An offer is said again after so many seconds each; after the last it is given up ("Offers that are not answered"). */
const PATIENCE = [3, 6, 9, 10, 10, 10, 10];

/** So much of what somebody says may wait; more is dropped. */
const WAITING = 500;

/** So many candidates may come before their description, so many replaced connections and messages are remembered. */
const [EARLY, REMEMBERED, KNOWN] = [64, 4, 1_000];

export class Peer {
  /** `polite`: I came later, and where two offers cross, mine gives way ("Who calls whom"). */
  constructor(bot, { peer, name }, polite) {
    Object.assign(this, { bot, id: peer, name, polite });
    /** The number of my last offer, and of the last of theirs: neither ever goes back ("Numbers"). */
    this.serial = 0;
    this.heard = -1;
    /** Who wrote their description, and who wrote those before ("The same connection, or a new one"). */
    this.theirs = undefined;
    this.replaced = [];
    /** Candidates that came before their description ("Candidates"). */
    this.early = [];
    this.unacknowledged = new Map();
    this.known = new Set();
    this.waiting = 0;
    this.work = Promise.resolve();
  }

  /** Has something done when all before it is done; what is too much is dropped. */
  later(take) {
    if (this.waiting === WAITING) {
      return;
    }
    this.waiting += 1;
    // A description that does not fit ends here: what is not answered is said again.
    this.work = this.work.then(take).catch((trouble) => this.bot.report('trouble', { name: this.name, what: `${trouble}` }));
    this.work.then(() => (this.waiting -= 1));
  }

  /** Puts another connection in the place of the one there is. */
  async open() {
    this.close();
    const connection = await this.bot.library.open(this.bot.configuration);
    this.connection = connection;
    this.senses = this.bot.library.senses();
    this.tracks = this.bot.library.tracks(this.bot);
    this.hidden = false;
    /** My candidates, which may have to be said again. */
    this.candidates = [];
    connection.onicecandidate = ({ candidate }) => {
      if (connection === this.connection && candidate?.candidate !== '') {
        this.candidates.push(candidate ? candidate.toJSON() : null);
        this.sayCandidates(-1);
      }
    };
    connection.onconnectionstatechange = () => {
      // What failed is replaced, by the newcomer at once ("Repair"): that any library can do, a restart of ICE not.
      if (connection === this.connection && connection.connectionState === 'failed') {
        setTimeout(() => connection === this.connection && this.later(() => this.begin()), this.polite ? 0 : 3_000);
      }
    };
  }

  close() {
    clearTimeout(this.repeating);
    this.replaced = [...this.replaced, this.theirs].filter(Boolean).slice(-REMEMBERED);
    this.senses?.end();
    this.tracks?.stop();
    this.connection?.close();
    this.connection = this.tracks = this.senses = this.chat = this.offer = this.answered = this.theirs = undefined;
  }

  /** Offers from a new connection. */
  async begin() {
    await this.open();
    for (const [kind] of SECTIONS) {
      this.connection.addTransceiver(kind, { direction: 'sendrecv' });
    }
    await this.equip();
    this.offer = await this.describe('Offer');
    this.serial += 1;
    this.repeat(0);
  }

  repeat(times) {
    if (times === PATIENCE.length) {
      this.later(() => this.begin());
      return;
    }
    this.sayOffer();
    this.repeating = setTimeout(() => this.repeat(times + 1), PATIENCE[times] * 1_000);
  }

  sayOffer() {
    this.bot.send('offer', { target: this.id, sdp: this.offer, serial: this.serial });
    this.sayCandidates(0);
  }

  sayCandidates(from) {
    this.candidates.slice(from).forEach((candidate) => this.bot.send('ice-candidate', { target: this.id, candidate }));
  }

  async describe(type) {
    await this.connection.setLocalDescription(await this.connection[`create${type}`]());
    return this.bot.library.description(this.connection);
  }

  /** Sends on the sections there are, and makes the channels: before the first offer, or with the first answer. */
  async equip() {
    const transceivers = this.connection.getTransceivers();
    for (const transceiver of transceivers) {
      transceiver.direction = 'sendrecv';
    }
    const { voice, camera } = this.tracks;
    for (const [kind, track] of [['audio', voice], ['video', this.hidden ? null : camera]]) {
      const sender = transceivers.find((one) => kindOf(one) === kind)?.sender;
      if (sender && sender.track !== track) {
        await sender.replaceTrack(track);
      }
    }
    if (!this.chat) {
      const channel = (label, id, more) => this.connection.createDataChannel(label, { negotiated: true, id, ...more });
      this.chat = channel('chat', 0);
      this.files = channel('files', 1);
      channel('live', 2, { ordered: false, maxRetransmits: 0 });
      this.chat.onopen = () => this.unacknowledged.forEach((frame) => this.chat.send(frame));
      this.chat.onmessage = ({ data }) => this.hearChat(JSON.parse(data));
      this.files.onmessage = ({ data }) => typeof data === 'string' && this.hearFiles(JSON.parse(data));
    }
  }

  /** Their description is set: watches and listens to what the sections bring, and adds the candidates that came before. */
  async settle(theirs) {
    this.theirs = theirs;
    for (const kind of ['audio', 'video']) {
      const names = SECTIONS.filter(([section]) => section === kind).map(([, name]) => name);
      const brought = this.connection.getTransceivers().filter((one) => kindOf(one) === kind);
      brought.slice(0, names.length).forEach((one, place) => this.senses.follow(names[place], one.receiver));
    }
    const early = this.early;
    this.early = [];
    for (const candidate of early.filter((candidate) => this.fits(candidate))) {
      await this.connection.addIceCandidate(candidate);
    }
  }

  fits({ usernameFragment }) {
    return this.theirs !== undefined && (usernameFragment ?? this.theirs.fragment) === this.theirs.fragment;
  }

  async beginUnlessMet() {
    if (!this.connection) {
      await this.begin();
    }
  }

  // ---- what they say through the server ----

  async takeOffer({ sdp, serial }) {
    const author = authorOf(sdp);
    const number = serial ?? sdp;
    if (serial < this.heard || (serial !== undefined && this.replaced.some((gone) => isSame(gone, author)))) {
      return; // late
    }
    if (this.answered?.number === number) {
      this.sayAnswer(serial);
      return;
    }
    if (this.offer && !this.polite) {
      return; // two offers crossed, and mine stands
    }
    if (this.offer || !this.connection || !isSame(this.theirs, author)) {
      await this.open();
    }
    await this.connection.setRemoteDescription({ type: 'offer', sdp });
    await this.equip();
    await this.settle(author);
    this.heard = serial ?? this.heard;
    this.answered = { number, sdp: await this.describe('Answer') };
    this.sayAnswer(serial);
  }

  sayAnswer(serial) {
    this.bot.send('answer', { target: this.id, sdp: this.answered.sdp, serial });
    this.sayCandidates(0);
  }

  async takeAnswer({ sdp, serial = this.serial }) {
    if (!this.offer || serial !== this.serial) {
      return;
    }
    clearTimeout(this.repeating);
    this.offer = undefined;
    await this.connection.setRemoteDescription({ type: 'answer', sdp });
    await this.settle(authorOf(sdp));
  }

  async takeCandidate({ candidate }) {
    // The end of candidates, which is null or empty, need not be known.
    if (!candidate?.candidate) {
      return;
    }
    if (this.fits(candidate)) {
      await this.connection.addIceCandidate(candidate);
    } else {
      this.early = [...this.early, candidate].slice(-EARLY);
    }
  }

  /** They or I came back: what was said meanwhile is lost. */
  hearAgain() {
    if (this.offer) {
      this.sayOffer();
    }
  }

  // ---- what they say on the channels ----

  hearChat(frame) {
    if (frame.type === 'message') {
      this.chat.send(JSON.stringify({ type: 'received', id: frame.id }));
      if (!this.known.has(frame.id)) {
        this.known = new Set([...this.known, frame.id].slice(-KNOWN));
        this.bot.hearMessage(this, frame.text);
      }
    } else if (frame.type === 'received') {
      // In a large room several come at once.
      for (const id of frame.ids ?? [frame.id]) this.unacknowledged.delete(id);
    } else if (frame.type === 'viewing') {
      this.hidden = frame.camera === 'hidden';
      this.later(() => this.connection && this.equip());
    }
  }

  hearFiles(frame) {
    if (frame.type === 'offer') {
      this.files.send(JSON.stringify({ type: 'decline', id: frame.id }));
    }
  }

  /** Says it now, and again whenever the channel opens, until it is acknowledged. */
  say(id, frame) {
    this.unacknowledged.set(id, frame);
    if (this.chat?.readyState === 'open') {
      this.chat.send(frame);
    }
  }
}

const kindOf = (transceiver) => transceiver.receiver.track.kind;

/** Who wrote a description. */
function authorOf(sdp) {
  const [, session] = /^o=\S+ (\S+)/m.exec(sdp);
  const [, fingerprint] = /^a=fingerprint:(.*?)\r?$/m.exec(sdp);
  const [, fragment] = /^a=ice-ufrag:(\S+)/m.exec(sdp);
  return { session, fingerprint, fragment };
}

/** Whether the same connection wrote both: another certificate is another connection, and so is another session with other credentials. */
function isSame(one, other) {
  return (
    one !== undefined &&
    one.fingerprint === other.fingerprint &&
    (one.session === other.session || one.fragment === other.fragment)
  );
}
