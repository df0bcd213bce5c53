/**
 * The one connection to the server's SFU: what is sent on it, the slots in which others' media arrive, and its channels.
 *
 * Written from docs/protocol.md, "The SFU"; words in quotes name the parts of it that a rule is from. Whether it lives shows by the beats
 * of its `live` channel: where they stay away, ICE is restarted, and where that does not help, it is given up for a new one.
 */
import {
  HashAlgorithm,
  MediaStreamTrack,
  NamedCurveAlgorithm,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RtpPacket,
  SignatureAlgorithm,
  createSelfSignedCertificate,
  useAudioLevelIndication,
  useNACK,
  useOPUS,
  usePLI,
  useSdesMid,
  useVP8,
} from 'werift';
import { SfuChannel } from './sfu-channel.mjs';
import { Slot } from './sfu-slot.mjs';

/** What is sent, in this order among its kind ("Sections"). */
const TRACKS = [['audio', 'microphone'], ['video', 'camera'], ['audio', 'screen-audio'], ['video', 'screen-video']];

/** In ms: after a refusal, until a connection stands, without any beat, and until a restart of ICE has helped ("The connection", "Repair"). */
const [PAUSE_MS, HANDSHAKE_MS, SILENCE_MS, RESTART_MS] = [15_000, 10_000, 2_000, 4_000];

/** The largest message that comes ("Channels"). */
const MESSAGE_BYTES = 65_664;

/** How loud ffmpeg's tones are, in −dBov, and that it is a voice (RFC 6464). */
const LEVEL = Buffer.from([0x80 | 21]);

/** What is agreed on. werift's transport-wide feedback counts what is lost as received: without it, less is sent to it. */
function agreement() {
  const [mid, level] = [useSdesMid(), useAudioLevelIndication()];
  const rtx = new RTCRtpCodecParameters({ mimeType: 'video/rtx', clockRate: 90_000 });
  return {
    codecs: { audio: [useOPUS()], video: [useVP8({ rtcpFeedback: [useNACK(), usePLI()] }), rtx] },
    headerExtensions: { audio: [mid, level], video: [mid] },
    maxMessageSize: MESSAGE_BYTES,
  };
}

/** A certificate of its own for each connection, which a new one is known by ("The connection"); werift has one for all otherwise. */
async function certificate() {
  const signature = { signature: SignatureAlgorithm.ecdsa_3, hash: HashAlgorithm.sha256_4 };
  return createSelfSignedCertificate(signature, NamedCurveAlgorithm.secp256r1_23);
}

export class SfuConnection {
  /** `places`: how many slots for "audio" and for "video" there are. */
  constructor(bot, peer, places) {
    Object.assign(this, { bot, peer, places });
    /** Numbers of my last offer, and of their last map and order. */
    [this.serial, this.mapped, this.ordered] = [0, 0, 0];
    /** What anybody wants ("Sending"). Until that is known nothing is sent. */
    this.wanted = { audio: false, video: false };
    [this.slots, this.channels, this.beats, this.isUnable] = [[], [], 0, false];
  }

  /** Offers from a new connection. */
  async begin() {
    if (this.bot.sfu !== this) {
      return;
    }
    await this.close();
    this.agreement = agreement();
    const connection = new RTCPeerConnection({ ...this.bot.configuration, ...this.agreement, dtls: { keys: await certificate() } });
    this.connection = connection;
    connection.onconnectionstatechange = () => this.noticeState(connection);
    this.tracks = { audio: new MediaStreamTrack({ kind: 'audio' }), video: new MediaStreamTrack({ kind: 'video' }) };
    const senders = TRACKS.map(([kind]) => connection.addTransceiver(kind, { direction: 'sendonly' }).sender);
    this.senders = { audio: senders[0], video: senders[1] };
    const kinds = ['audio', 'video'].flatMap((kind) => Array(this.places[kind]).fill(kind));
    const taking = kinds.map((kind) => connection.addTransceiver(kind, { direction: 'recvonly' }));
    this.openChannels();
    await this.equip();
    await this.offerThis({});
    this.slots = taking.map((transceiver) => new Slot(transceiver));
    this.setTimer(HANDSHAKE_MS, this.giveUp);
  }

  openChannels() {
    const { chat } = this.bot;
    const open = (label, manner, heard) => new SfuChannel(this.connection, label, manner, heard);
    this.channels = [
      open('chat', { id: 0 }, {
        ready: () => chat.open(this.channels[0]),
        opened: (peer) => chat.opened(peer),
        frame: (from, frame) => chat.hear(from, frame),
        closed: () => chat.close(),
      }),
      open('files', { id: 1 }, {
        frame: (from, { type, id }) => type === 'offer' && this.channels[1].say({ to: [from] }, JSON.stringify({ type: 'decline', id })),
      }),
      open('live', { id: 2, ordered: false, maxRetransmits: 0 }, {
        beat: () => (this.beats += 1),
        life: () => this.restarting || this.setTimer(SILENCE_MS, this.restart),
      }),
    ];
  }

  // ---- offers and answers ----

  /** Makes an offer and says it. Candidates need not be in it. */
  async offerThis(manner) {
    const offer = await this.connection.createOffer(manner);
    this.serial += 1;
    // werift opens the association of the channels itself and lets nobody else, so the part that goes with that has to be its own.
    this.offer = offer.sdp.replaceAll('a=setup:actpass', 'a=setup:active');
    this.sayOffer();
    await this.connection.setLocalDescription(offer);
  }

  sayOffer() {
    if (this.offer) {
      this.bot.send('offer', { target: this.peer, sdp: this.offer, serial: this.serial });
    }
  }

  /** Says on a new socket what the one before may have lost, or took with it, and does what had to wait for it. */
  async sayAgain() {
    if (this.isUnable) {
      this.bot.send('sfu-state', { state: 'unable' });
    }
    this.sayOffer();
    if (this.isOverdue) {
      this.isOverdue = false;
      await (this.connection.connectionState === 'connected' ? this.restart() : this.begin());
    }
  }

  async takeAnswer({ sdp, serial }) {
    if (!this.offer || serial !== this.serial) {
      return;
    }
    this.offer = undefined;
    await this.connection.setRemoteDescription({ type: 'answer', sdp });
    // All their candidates stand in the answer.
    await this.connection.addIceCandidate(null);
    if (this.restarting) {
      this.checkAnew(this.connection);
    } else {
      this.slots.forEach((slot) => slot.begin());
    }
  }

  /** ICE begins anew, on the same connection ("Repair"). */
  async restart() {
    if (this.bot.sfu !== this) {
      return;
    }
    this.restarting = true;
    this.bot.report('restart');
    this.setTimer(RESTART_MS, this.giveUp);
    await this.offerThis({ iceRestart: true });
  }

  /** Does what werift leaves undone: it does not check the pairs of a restart as long as it takes the connection for whole. */
  checkAnew(connection) {
    const stands = () => {
      if (connection === this.connection) {
        this.restarting = false;
        this.bot.report('restarted');
        this.setTimer(SILENCE_MS, this.restart);
      }
    };
    connection.iceTransports[0].start().then(stands, (trouble) => this.bot.report('trouble', { what: `${trouble}` }));
  }

  /** A refusal changes nothing; the next offer is made after a while. */
  refused() {
    this.offer = undefined;
    this.setTimer(PAUSE_MS, this.begin);
  }

  /** Has one thing done later, in place of what was to be done. While the socket is down repairs wait. */
  setTimer(ms, take) {
    clearTimeout(this.timer);
    const due = () => (this.bot.seated ? take.call(this) : (this.isOverdue = true));
    this.timer = setTimeout(() => this.bot.later(due), ms);
  }

  noticeState(connection) {
    if (connection !== this.connection) {
      return;
    }
    this.bot.report('connection', { state: connection.connectionState });
    if (connection.connectionState === 'connected') {
      this.sayState(false);
      this.setTimer(SILENCE_MS, this.restart);
    } else if (connection.connectionState === 'failed') {
      this.bot.later(() => this.giveUp());
    }
  }

  async giveUp() {
    this.sayState(true);
    await this.begin();
  }

  sayState(isUnable) {
    if (isUnable !== this.isUnable) {
      this.isUnable = isUnable;
      this.bot.send('sfu-state', { state: isUnable ? 'unable' : 'able' });
    }
  }

  async close() {
    clearTimeout(this.timer);
    this.bot.chat.close();
    [...this.slots, ...this.channels].forEach((part) => part.end());
    const { connection } = this;
    [this.connection, this.offer, this.tracks, this.slots, this.channels] = [undefined, undefined, undefined, [], []];
    [this.restarting, this.isOverdue] = [false, false];
    await connection?.close();
  }

  // ---- what is sent ----

  /** What is wanted from now on ("Sending"). */
  async takeOrder({ number, camera, sound }) {
    if (number > this.ordered) {
      this.ordered = number;
      this.wanted = { audio: sound, video: camera.length > 0 };
      this.bot.report('order', { camera, sound });
      await this.equip();
    }
  }

  async equip() {
    for (const kind of this.tracks ? ['audio', 'video'] : []) {
      const track = this.wanted[kind] ? this.tracks[kind] : null;
      if (this.senders[kind].track !== track) {
        await this.senders[kind].replaceTrack(track);
      }
    }
  }

  /** Takes a packet that ffmpeg made. */
  write(kind, bytes) {
    if (!this.tracks) {
      return;
    }
    const packet = RtpPacket.deSerialize(bytes);
    if (kind === 'audio') {
      // werift writes the number of the section itself, and leaves the level to who knows it.
      packet.header.extensions.push({ id: this.agreement.headerExtensions.audio[1].id, payload: LEVEL });
    }
    this.tracks[kind].writeRtp(packet);
  }

  // ---- what arrives ----

  /** Whom the slots carry, the whole map each time ("Slots"). */
  takeSlots({ number, slots }) {
    if (number <= this.mapped) {
      return;
    }
    this.mapped = number;
    const carried = new Map(slots.map((entry) => [entry.mid, entry]));
    this.slots.forEach((slot) => slot.carry(carried.get(slot.mid)));
    this.bot.report('slots', { number, slots });
    // From here on nobody is shown in what is not theirs any more.
    this.bot.send('slots-seen', { number });
  }

  /** What arrived in each slot since this was last asked, and how many beats. */
  sense() {
    const sensed = { slots: this.slots.map((slot) => slot.take()).filter(Boolean), beats: this.beats };
    this.beats = 0;
    return sensed;
  }
}
