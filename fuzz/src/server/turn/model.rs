//! A machine at 7.7.7.7 with three people, and what must be true whatever they send.

use std::cell::Cell;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use stun_types::attribute::{AttributeWrite, Nonce, Realm, Username};
use stun_types::message::{
    IntegrityAlgorithm, Message, MessageWrite, MessageWriteExt, MessageWriteVec, Method,
    TransactionId,
};
use turn_types::attribute::{ChannelNumber, RequestedTransport, XorPeerAddress};
use turn_types::message::{ALLOCATE, CHANNEL_BIND};

use super::core::accounts::{Accounts, Quotas};
use super::core::five_tuple::{ClientPath, ClientTransport};
use super::core::members::Members;
use super::core::meter::Bandwidth;
use super::core::nonce::Nonces;
use super::core::peer_filter::PeerFilter;
use super::core::realm::{self, REALM};
use super::core::{Core, CoreStep, Family, Host, NoRelay, Parity, Rules};
use crate::protocol::PeerId;
use crate::server::clock::UnixMillis;
use crate::server::secrets::turn_credentials::Secret;

/// When everything starts.
pub(super) const NOW: UnixMillis = 1_800_000_000_000;

/// Most allocations of a person, and of all.
const EACH: u32 = 3;
const ALL: u32 = 5;

const OWN: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(7, 7, 7, 7));

/// People with a seat, and one without.
pub(super) const PEOPLE: [&str; 4] = ["ada", "bob", "eve", "mallory"];

/// The machine.
#[derive(Debug, Default)]
pub(super) struct Machine {
    opened: Cell<u16>,
}

impl Host for Machine {
    type Relay = SocketAddr;

    fn open_relay(
        &self,
        _: &ClientPath,
        family: Family,
        parity: Parity,
    ) -> Result<(SocketAddr, SocketAddr), NoRelay> {
        if family == Family::V6 {
            return Err(NoRelay::Family);
        }
        let step = if parity == Parity::Even { 2 } else { 1 };
        let next = self
            .opened
            .get()
            .checked_add(step)
            .ok_or(NoRelay::Capacity)?;
        self.opened.set(next);
        let port = 40_000_u16.checked_add(next).ok_or(NoRelay::Capacity)?;
        let address = SocketAddr::new(OWN, port);
        Ok((address, address))
    }

    fn is_own(&self, address: IpAddr) -> bool {
        address.to_canonical() == OWN
    }
}

/// The relay's rules on the machine.
pub(super) struct Model {
    core: Core<Machine>,
    secret: Secret,
}

impl Model {
    pub(super) fn new() -> Self {
        let secret = Secret::shared("north");
        let quotas = Quotas {
            allocations_per_person: EACH,
            allocations_per_address: ALL - 1,
            allocations: ALL,
            reserve: 1,
            bandwidth_per_person: Bandwidth::megabits(10),
            bandwidth_per_address: Bandwidth::megabits(15),
            bandwidth: Bandwidth::megabits(20),
        };
        let members = Members::default();
        for name in &PEOPLE[..3] {
            members.enter(&PeerId::new(*name));
        }
        let rules = Rules {
            accounts: Arc::new(Accounts::new(quotas, NOW)),
            filter: PeerFilter::default(),
            ports: Arc::default(),
            media: Arc::default(),
            secret: secret.clone(),
            nonces: Nonces::new(Secret::shared("nonces")),
            members,
        };
        Self {
            core: Core::new(Arc::new(rules), Machine::default()),
            secret,
        }
    }

    /// The first client has an allocation and the channel 0x4000 to 1.1.1.1.
    pub(super) fn with_channel() -> Self {
        let mut model = Self::new();
        let allocate = model.signed(0, ALLOCATE, NOW, |_| {
            vec![Box::new(RequestedTransport::new(RequestedTransport::UDP))]
        });
        model.say(0, &allocate, NOW);
        let bind = model.signed(0, CHANNEL_BIND, NOW, |transaction| {
            let peer = SocketAddr::new([1, 1, 1, 1].into(), 99);
            let number = ChannelNumber::new(0x4000);
            vec![
                Box::new(number),
                Box::new(XorPeerAddress::new(peer, transaction)),
            ]
        });
        model.say(0, &bind, NOW);
        assert_eq!(model.allocations(), 1);
        model
    }

    /// A request of one of the people, with whatever attributes.
    pub(super) fn signed(
        &self,
        who: usize,
        method: Method,
        now: UnixMillis,
        attributes: impl FnOnce(TransactionId) -> Vec<Box<dyn AttributeWrite>>,
    ) -> Vec<u8> {
        let username = format!("{}:{}", now / 1000 + 600, PEOPLE[who % PEOPLE.len()]);
        let nonce = self.core.rules.nonces.issue(client(0).remote.ip(), now);
        let key = realm::integrity_key(&self.secret, &username);
        let mut message = Message::builder_request(method, MessageWriteVec::new());
        for attribute in attributes(message.transaction_id()) {
            let _ = message.add_attribute(&*attribute);
        }
        let _ = message.add_attribute(&Username::new(&username).expect("a short name"));
        let _ = message.add_attribute(&Realm::new(REALM).expect("a short name"));
        let _ = message.add_attribute(&Nonce::new(&nonce).expect("a short nonce"));
        let _ = message.add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1);
        message.finish()
    }

    /// Hands a message of a client in, and looks at what comes of it.
    pub(super) fn say(&mut self, from: u8, bytes: &[u8], now: UnixMillis) {
        let path = client(from);
        let mut out = [0; 1024];
        match self.core.client_sent(&path, bytes, now, &mut out) {
            CoreStep::Nothing => {}
            CoreStep::Answer(length) => {
                let answer = Message::from_bytes(&out[..length]).expect("answers are messages");
                let request = Message::from_bytes(bytes).expect("only messages are answered");
                assert!(answer.is_response(), "an answer to a request");
                assert_eq!(answer.transaction_id(), request.transaction_id());
                let proved = answer.raw_attribute(0x0008.into()).is_some();
                assert!(
                    proved || (length + 28) * 2 <= (bytes.len() + 28) * 3,
                    "strangers are not answered with much more than they sent"
                );
            }
            CoreStep::Relay { relay, to, data } => {
                assert!(data.end <= bytes.len() && data.start <= data.end);
                assert_ne!(to.port(), 0);
                let relay = *relay;
                self.reached(relay, to);
            }
        }
        self.check();
    }

    /// A peer sends something to a client's relay.
    pub(super) fn hear(&mut self, to: u8, peer: SocketAddr, length: usize, now: UnixMillis) {
        if self
            .core
            .peer_sent(&client(to), peer, length, now)
            .is_some()
        {
            self.reached(SocketAddr::new(OWN, 0), peer);
        }
        self.check();
    }

    /// A client's time may be over.
    pub(super) fn expire(&mut self, who: u8, now: UnixMillis) {
        if let Some(expires) = self.core.expire(&client(who), now) {
            assert!(expires > now && expires <= now + 3_600_000);
        }
        self.check();
    }

    pub(super) fn allocations(&self) -> usize {
        self.core.allocations.len()
    }

    fn reached(&self, relay: SocketAddr, peer: SocketAddr) {
        if self.core.host.is_own(peer.ip()) {
            let relays = self.core.allocations.values().map(|open| open.relayed);
            assert!(
                relays.into_iter().any(|open| open == peer),
                "{peer} is no relay"
            );
        } else {
            assert!(
                PeerFilter::default().allows(peer.ip()),
                "{relay} reaches {peer}"
            );
        }
    }

    fn check(&self) {
        assert!(
            self.allocations() < ALL as usize,
            "the last is for another address"
        );
        for allocation in self.core.allocations.values() {
            assert!(self.core.rules.ports.has(allocation.relayed));
        }
    }
}

/// One of eight clients, all of one address.
fn client(number: u8) -> ClientPath {
    ClientPath {
        remote: SocketAddr::new([8, 8, 4, 4].into(), 1000 + u16::from(number % 8)),
        link: ClientTransport::Datagram {
            socket: 0,
            local: None,
        },
    }
}
