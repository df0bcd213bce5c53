//! Datagrams that come to a session, of its client and of others.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use stun_types::attribute::{AttributeType, AttributeWrite, RawAttribute, Username};
use stun_types::message::{
    BINDING, IntegrityAlgorithm, Message, MessageWrite, MessageWriteExt, MessageWriteVec,
    ShortTermCredentials,
};

use super::connection::{OFFER, answer, line};
use super::demux::{Demux, Owner};
use super::description::OfferShape;
use super::offer_text;
use super::outgoing::Outgoing;
use super::relayed::Relayed;
use super::session::{Session, SessionOutput};
use super::ways::{Arrival, Passage, Ways};
use crate::script::Script;

/// Most steps of a script.
const STEPS: usize = 64;

/// The session is known as this.
const ID: usize = 7;

/// The client's user name fragment.
const THEIRS: &str = "Abcd";

/// PRIORITY, USE-CANDIDATE, ICE-CONTROLLED and ICE-CONTROLLING (RFC 8445).
const OF_ICE: [u16; 4] = [0x0024, 0x0025, 0x8029, 0x802a];

/// Any datagrams from any addresses, some of which know the session's credentials. Nothing is sent to an address from which no
/// request came that proved to know them, nothing else from there reaches the session, and nobody is connected by it.
pub fn sfu_datagrams(data: &[u8]) {
    let mut script = Script(data);
    let speaks_first = script.byte() % 2 == 0;
    let mut model = Model::new(speaks_first);
    for _ in 0..STEPS {
        if script.is_over() {
            break;
        }
        model.step(&mut script);
    }
}

struct Model {
    session: Session,
    outgoing: Outgoing,
    demux: Demux<usize>,
    /// Requests that proved to know the credentials came from there.
    proved: Vec<SocketAddr>,
    now: Instant,
    /// The client's offers so far.
    offers: u32,
    offer: String,
    ufrag: String,
    password: String,
}

impl Model {
    fn new(speaks_first: bool) -> Self {
        let offer = match speaks_first {
            true => OFFER.replace("a=setup:actpass", "a=setup:active"),
            false => OFFER.to_owned(),
        };
        let now = Instant::now();
        let session = answer(&offer, now).expect("a usual offer is taken");
        let mut model = Self {
            session,
            outgoing: Outgoing::default(),
            demux: Demux::default(),
            proved: vec![],
            now,
            offers: 1,
            offer,
            ufrag: String::new(),
            password: String::new(),
        };
        model.learn();
        model
    }

    fn learn(&mut self) {
        self.ufrag = self.session.ufrag();
        self.password = line(self.session.answer(), "a=ice-pwd:").to_owned();
        self.demux.learn(ID, &self.ufrag, self.now);
        assert_eq!(line(self.session.answer(), "a=ice-ufrag:"), self.ufrag);
    }

    fn step(&mut self, script: &mut Script<'_>) {
        let (act, from) = (script.byte(), client(script.byte()));
        match act % 8 {
            0..=2 => {
                let whole = self.request(script);
                let mut sent = whole.clone();
                if act & 0x80 != 0 {
                    let place = usize::from(script.word()) % sent.len();
                    sent[place] ^= script.byte();
                }
                if sent == whole && !self.proved.contains(&from) {
                    self.proved.push(from);
                }
                self.receive(from, &sent);
            }
            3 => self.receive(from, script.bytes()),
            4 | 5 => {
                // Something of each of the kinds that share the port (RFC 7983).
                let kinds = [20, 21, 22, 23, 64, 0x80, 0x90, 0xa0, 0xb1, 0xbf];
                let kind = kinds[usize::from(script.byte()) % kinds.len()];
                let datagram = [&[kind], script.bytes()].concat();
                self.receive(from, &datagram);
            }
            6 => {
                self.now += Duration::from_millis(script.word().into());
                let mut ways = Ways {
                    outgoing: &mut self.outgoing,
                    relayed: &mut Relayed,
                };
                self.session.pass(self.now, &mut ways);
                self.drain();
            }
            _ => self.restart(),
        }
        for other in (0..8).map(client).filter(|it| !self.proved.contains(it)) {
            let owner = self.demux.find(other, &[0x80; 40], self.now);
            assert_eq!(owner, None, "{other} has proved nothing");
        }
    }

    /// A binding request of somebody who knows the credentials.
    fn request(&self, script: &mut Script<'_>) -> Vec<u8> {
        let mut message = Message::builder_request(BINDING, MessageWriteVec::new());
        let name = format!("{}:{THEIRS}{}", self.ufrag, self.offers);
        let name = Username::new(&name).expect("a short name");
        let _ = message.add_attribute(&name);
        let asked = script.byte();
        for (bit, kind) in OF_ICE.into_iter().enumerate() {
            if asked & 1 << bit != 0 {
                let value: Vec<u8> = match kind {
                    0x0025 => vec![],
                    0x0024 => [script.word().to_be_bytes(), script.word().to_be_bytes()].concat(),
                    _ => [[script.byte(); 4]; 2].concat(),
                };
                let attribute = RawAttribute::new_owned(AttributeType::new(kind), value.into());
                let _ = message.add_attribute(&attribute as &dyn AttributeWrite);
            }
        }
        if asked & 16 != 0 {
            let kind = AttributeType::new(0x8000 | script.word() % 0x20);
            let value = script.bytes().to_vec().into();
            let attribute = RawAttribute::new_owned(kind, value);
            let _ = message.add_attribute(&attribute as &dyn AttributeWrite);
        }
        let key = ShortTermCredentials::new(self.password.clone()).make_key();
        let _ = message.add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1);
        message.finish()
    }

    /// As the SFU does it: see the core's `receive`.
    fn receive(&mut self, from: SocketAddr, datagram: &[u8]) {
        let Some(owner) = self.demux.find(from, datagram, self.now) else {
            return;
        };
        let arrival = Arrival {
            from,
            by: Passage::Socket(None),
            at: self.now,
        };
        let mut ways = Ways {
            outgoing: &mut self.outgoing,
            relayed: &mut Relayed,
        };
        if self.session.receive(arrival, datagram, &mut ways) {
            if let Owner::Claimed(claim) = owner {
                assert!(self.proved.contains(&from), "{from} is bound");
                self.demux.bind(claim);
            }
            self.drain();
        }
    }

    fn drain(&mut self) {
        let proved = &self.proved;
        self.session.drain(|output| match output {
            SessionOutput::Packet(departure) => {
                assert!(proved.contains(&departure.to), "{departure:?} to a stranger");
            }
            SessionOutput::Over => {}
            other => panic!("{other:?} without a handshake"),
        });
        assert!(!self.session.is_connected);
        let media = &self.outgoing.0;
        assert!(media.is_empty(), "{media:?} without a handshake");
    }

    /// The client offers other credentials of ICE.
    fn restart(&mut self) {
        self.offers += 1;
        let ufrag = format!("a=ice-ufrag:{THEIRS}{}", self.offers);
        let offer = self.offer.replace("a=ice-ufrag:Abcd", &ufrag);
        let plain = offer_text::plain(&offer);
        let shape = OfferShape::read(&plain).expect("a usual offer");
        if self.session.renegotiate(shape, &plain, Some(self.offers)).is_ok() {
            self.learn();
        }
        self.drain();
    }
}

/// One of eight addresses.
fn client(number: u8) -> SocketAddr {
    SocketAddr::new([8, 8, 4, 4].into(), 1_000 + u16::from(number % 8))
}
