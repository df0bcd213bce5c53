//! Somebody in a story: their WebRTC client, which publishes and receives, and what they and the server say to each other.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use str0m::change::SdpPendingOffer;
use str0m::format::Codec;
use str0m::media::{KeyframeRequestKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{ExtensionValues, RtpPacket, RtpWrite, Ssrc};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

use super::marks;
use super::publisher::{Due, Publisher};
use super::reception::{Came, Reception, is_since};
use super::signaling::{Told, number_of};
use crate::protocol::sfu::{SlotMap, Track};
use crate::server::sfu::letterbox::Letter;

/// Somebody over one connection.
pub(super) struct Client {
    /// Their seat has this number, and they are called by it.
    pub(super) number: u8,
    pub(super) rtc: Rtc,
    pub(super) address: SocketAddr,
    pub(super) pending: Option<SdpPendingOffer>,
    pub(super) serial: u32,
    pub(super) is_connected: bool,
    pub(super) publisher: Publisher,
    pub(super) told: Arc<Told>,
    /// What they say, and what they hear, is under way until then.
    pub(super) letters: VecDeque<(Instant, Letter)>,
    pub(super) mail: VecDeque<(Instant, String)>,
    /// They are at another address with the answer to the last offer.
    pub(super) moves_to: Option<SocketAddr>,
    pub(super) map: SlotMap,
    /// Each slot carries the same since then.
    pub(super) since: HashMap<String, Instant>,
    pub(super) receptions: BTreeMap<String, Reception>,
    /// Their line and what they send were as they are since then.
    pub(super) calm_since: Instant,
    pub(super) wake: Instant,
    /// These go out.
    pub(super) datagrams: Vec<Vec<u8>>,
    server: SocketAddr,
    /// The last that the SFU wanted of them had this number.
    pub(super) sent: u32,
    streams: HashMap<Ssrc, (Mid, bool)>,
    /// Whom maps have named with which slot.
    pub(super) named: BTreeSet<(String, u8)>,
}

impl Client {
    pub(super) fn new(
        number: u8,
        connection: u8,
        address: SocketAddr,
        server: SocketAddr,
        now: Instant,
    ) -> Self {
        let config = RtcConfig::new()
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .set_rtp_mode(true);
        let mut rtc = config.build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        Self {
            number,
            rtc,
            address,
            pending: None,
            serial: 0,
            is_connected: false,
            publisher: Publisher::new(number, connection),
            told: Arc::default(),
            letters: VecDeque::new(),
            mail: VecDeque::new(),
            moves_to: None,
            map: SlotMap::default(),
            since: HashMap::new(),
            receptions: BTreeMap::new(),
            calm_since: now,
            wake: now,
            datagrams: vec![],
            server,
            sent: 0,
            streams: HashMap::new(),
            named: BTreeSet::new(),
        }
    }

    /// A datagram comes.
    pub(super) fn receive(&mut self, datagram: &[u8], now: Instant) {
        let Ok(receive) = Receive::new(Protocol::Udp, self.server, self.address, datagram) else {
            return;
        };
        self.rtc.handle_input(Input::Receive(now, receive)).unwrap();
        self.drain(now);
    }

    /// Time passes.
    pub(super) fn pass(&mut self, now: Instant) {
        self.rtc.handle_input(Input::Timeout(now)).unwrap();
        self.drain(now);
    }

    /// Sends what is due; numbers begin with the connection.
    pub(super) fn publish(&mut self, sent: u32, now: Instant) {
        if !self.is_connected {
            return;
        }
        for due in self.publisher.tick(sent) {
            self.write(due, now);
            self.pass(now);
        }
    }

    fn write(&mut self, due: Due, now: Instant) {
        let is_sound = due.rid.is_none();
        let codec = if is_sound { Codec::Opus } else { Codec::Vp8 };
        let mut agreed = self.rtc.codec_config().params().iter();
        let payload_type = agreed.find(|it| it.spec().codec == codec).unwrap().pt();
        let extensions = ExtensionValues {
            audio_level: is_sound.then_some(-25),
            voice_activity: is_sound.then_some(true),
            ..ExtensionValues::default()
        };
        let sequence = due.sequence.into();
        let packet = RtpWrite::new(payload_type, sequence, due.timestamp, now, due.payload);
        let packet = packet.marker(due.marker).ext_vals(extensions);
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx_by_mid(due.mid, due.rid).unwrap();
        stream.write_rtp(packet.nackable(!is_sound));
    }

    fn drain(&mut self, now: Instant) {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(wake) => {
                    self.wake = wake;
                    break;
                }
                // What belongs to an address that is gone goes nowhere.
                Output::Transmit(packet) if packet.source == self.address => {
                    self.datagrams.push(packet.contents.to_vec());
                }
                Output::Transmit(_) => {}
                Output::Event(Event::Connected) => {
                    self.is_connected = true;
                    self.calm_since = now;
                }
                Output::Event(Event::KeyframeRequest(request)) => {
                    self.publisher.want_key(request.rid);
                }
                Output::Event(Event::RtpPacket(packet)) => self.read(&packet),
                Output::Event(_) => {}
            }
        }
    }

    fn read(&mut self, packet: &RtpPacket) {
        if packet.payload.is_empty() {
            return;
        }
        let ssrc = packet.header.ssrc;
        let rtc = &mut self.rtc;
        let (mid, is_sound) = *self.streams.entry(ssrc).or_insert_with(|| {
            let mid = rtc.direct_api().stream_rx(&ssrc).unwrap().mid();
            (mid, rtc.media(mid).unwrap().kind().is_audio())
        });
        let (mark, picture) = if is_sound {
            (marks::read_sound(&packet.payload), None)
        } else {
            let (mark, picture) = marks::read_picture(&packet.payload);
            (mark, Some(picture))
        };
        assert_ne!(
            mark.whose, self.number,
            "nobody gets what they sent themselves"
        );
        let came = Came {
            timestamp: packet.header.timestamp,
            marker: packet.header.marker,
            mark,
            picture,
        };
        let mid = mid.to_string();
        let mut slots = self.map.slots.iter();
        if let Some(slot) = slots.find(|slot| slot.mid == mid)
            && slot.from.is_some_and(|from| is_since(came.timestamp, from))
        {
            let whose = number_of(slot.peer.as_str());
            assert_eq!(mark.whose, whose, "shown under {slot:?}: {came:?}");
        }
        let reception = self.receptions.entry(mid).or_default();
        reception.enter(*packet.seq_no, came);
    }

    /// Decodes what can be decoded of pictures, and asks for what cannot.
    pub(super) fn decode(&mut self, now: Instant) {
        for (mid, reception) in &mut self.receptions {
            let is_lost = reception.decode(now);
            let is_carried = self.map.slots.iter().any(|slot| slot.mid == *mid);
            if is_lost && is_carried {
                let mut direct = self.rtc.direct_api();
                let stream = direct.stream_rx_by_mid(mid.as_str().into(), None).unwrap();
                stream.request_keyframe(KeyframeRequestKind::Pli);
            }
        }
    }

    /// Since when a track of somebody that a slot brings was not decoded.
    pub(super) fn waits(&self, whose: u8, track: Track) -> Option<Instant> {
        let mut slots = self.map.slots.iter();
        let slot = slots.find(|slot| {
            number_of(slot.peer.as_str()) == whose && slot.track == track && !slot.paused
        })?;
        let decoded = self.receptions.get(&slot.mid).and_then(|it| it.decoded);
        let decoded = decoded.filter(|(of, _)| *of == whose).map(|(_, at)| at);
        self.since.get(&slot.mid).copied().max(decoded)
    }

    /// Stops the story unless all that came stood under a name.
    pub(super) fn check_names(&self) {
        for (mid, reception) in &self.receptions {
            for came in reception.all() {
                let named = (mid.clone(), came.mark.whose);
                assert!(self.named.contains(&named), "in no map on {mid}: {came:?}");
            }
        }
    }
}
