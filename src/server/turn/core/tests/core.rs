//! The rules, without a socket.

use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use proptest::prelude::*;
use stun_types::attribute::{AttributeWrite, ErrorCode, Nonce, Realm, Username, XorMappedAddress};
use stun_types::message::{
    BINDING, IntegrityAlgorithm, IntegrityKey, LongTermKeyCredentials, Message, MessageClass,
    MessageIntegrityCredentials, MessageWrite, MessageWriteExt, MessageWriteVec,
    Method as StunMethod, ShortTermCredentials, TransactionId,
};
use turn_types::attribute::{
    ChannelNumber, Data, EvenPort, Lifetime, RequestedTransport, XorPeerAddress, XorRelayedAddress,
};
use turn_types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH, SEND};

use super::accounts::{Accounts, Quotas};
use super::allocation::Reach;
use super::embedded::forms;
use super::five_tuple::{ClientPath, ClientTransport};
use super::members::Members;
use super::meter::Bandwidth;
use super::nonce::Nonces;
use super::peer_filter::PeerFilter;
use super::realm::REALM;
use super::request::Request;
use super::{realm, *};
use crate::protocol::PeerId;
use crate::server::clock::UnixMillis;
use crate::server::secrets::turn_credentials::Secret;

mod allocations;
mod reach;

const NOW: UnixMillis = 1_800_000_000_000;
const SECRET: &str = "north";

/// A machine whose own address is 7.7.7.7, and whose relays have ports from 50,000 on.
#[derive(Debug, Default)]
struct Model {
    opened: Cell<u16>,
}

impl Host for Model {
    type Relay = u16;

    fn open_relay(
        &self,
        _: &ClientPath,
        family: Family,
        _: Parity,
    ) -> Result<(u16, SocketAddr), NoRelay> {
        if family == Family::V6 {
            return Err(NoRelay::Family);
        }
        let port = 50_000 + self.opened.get();
        self.opened.set(self.opened.get() + 1);
        Ok((port, SocketAddr::new([7, 7, 7, 7].into(), port)))
    }

    fn is_own(&self, address: IpAddr) -> bool {
        address == IpAddr::from([7, 7, 7, 7])
    }
}

fn core() -> Core<Model> {
    Core::new(Arc::new(rules()), Model::default())
}

fn quotas() -> Quotas {
    Quotas {
        allocations_per_person: 2,
        allocations_per_address: 3,
        allocations: 3,
        reserve: 0,
        bandwidth_per_person: Bandwidth::megabits(100),
        bandwidth_per_address: Bandwidth::megabits(100),
        bandwidth: Bandwidth::megabits(100),
    }
}

fn rules() -> Rules {
    let members = Members::default();
    for name in ["ada", "bob", "eve"] {
        members.enter(&PeerId::new(name));
    }
    Rules {
        accounts: Arc::new(Accounts::new(quotas(), NOW)),
        filter: PeerFilter::default(),
        ports: Arc::default(),
        media: Arc::default(),
        secret: Secret::shared(SECRET),
        nonces: Nonces::new(Secret::shared("nonces")),
        members,
    }
}

fn path(port: u16) -> ClientPath {
    ClientPath {
        remote: SocketAddr::new([8, 8, 4, 4].into(), port),
        link: ClientTransport::Datagram {
            socket: 0,
            local: None,
        },
    }
}

fn unsigned(method: StunMethod, attributes: &[&dyn AttributeWrite]) -> Vec<u8> {
    let mut message = Message::builder_request(method, MessageWriteVec::new());
    for attribute in attributes {
        message.add_attribute(*attribute).unwrap();
    }
    message.finish()
}

fn key(username: &str) -> IntegrityKey {
    realm::integrity_key(&Secret::shared(SECRET), username)
}

/// A signed request; peers are added by whoever knows its transaction.
fn signed(
    core: &Core<Model>,
    username: &str,
    method: StunMethod,
    attributes: &dyn Fn(TransactionId) -> Vec<Box<dyn AttributeWrite>>,
) -> Vec<u8> {
    let nonce = core.rules.nonces.issue([8, 8, 4, 4].into(), NOW);
    let mut message = Message::builder_request(method, MessageWriteVec::new());
    for attribute in attributes(message.transaction_id()) {
        message.add_attribute(&*attribute).unwrap();
    }
    message
        .add_attribute(&Username::new(username).unwrap())
        .unwrap();
    message.add_attribute(&Realm::new(REALM).unwrap()).unwrap();
    message.add_attribute(&Nonce::new(&nonce).unwrap()).unwrap();
    message
        .add_message_integrity_with_key(&key(username), IntegrityAlgorithm::Sha1)
        .unwrap();
    message.finish()
}

fn udp() -> Vec<Box<dyn AttributeWrite>> {
    vec![Box::new(RequestedTransport::new(RequestedTransport::UDP))]
}

fn allocate(core: &Core<Model>, username: &str) -> Vec<u8> {
    signed(core, username, ALLOCATE, &|_| udp())
}

fn permit(core: &Core<Model>, username: &str, peer: &str) -> Vec<u8> {
    let peer: SocketAddr = peer.parse().unwrap();
    signed(core, username, CREATE_PERMISSION, &|id| {
        vec![Box::new(XorPeerAddress::new(peer, id))]
    })
}

fn channel(core: &Core<Model>, username: &str, number: u16, peer: &str) -> Vec<u8> {
    let peer: SocketAddr = peer.parse().unwrap();
    signed(core, username, CHANNEL_BIND, &|id| {
        vec![
            Box::new(ChannelNumber::new(number)),
            Box::new(XorPeerAddress::new(peer, id)),
        ]
    })
}

fn refresh(core: &Core<Model>, username: &str, seconds: u32) -> Vec<u8> {
    signed(core, username, REFRESH, &|_| {
        vec![Box::new(Lifetime::new(seconds))]
    })
}

fn send(peer: &str, data: &[u8]) -> Vec<u8> {
    let mut message = Message::builder_indication(SEND, MessageWriteVec::new());
    let id = message.transaction_id();
    message
        .add_attribute(&XorPeerAddress::new(peer.parse().unwrap(), id))
        .unwrap();
    message.add_attribute(&Data::new(data)).unwrap();
    message.finish()
}

fn channel_data(number: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = number.to_be_bytes().to_vec();
    bytes.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
    bytes.extend(data);
    bytes
}

/// The answer, as an owned message.
fn ask(
    core: &mut Core<Model>,
    path: &ClientPath,
    bytes: &[u8],
    now: UnixMillis,
) -> Option<Vec<u8>> {
    let mut out = [0; 1024];
    match core.client_sent(path, bytes, now, &mut out) {
        CoreStep::Answer(length) => Some(out[..length].to_vec()),
        _ => None,
    }
}

/// 0 for success, otherwise the error's code.
fn code(core: &mut Core<Model>, path: &ClientPath, bytes: &[u8]) -> u16 {
    let answer = ask(core, path, bytes, NOW).expect("an answer");
    let message = Message::from_bytes(&answer).unwrap();
    match message.class() {
        MessageClass::Success => 0,
        _ => message.attribute::<ErrorCode>().unwrap().code(),
    }
}

/// The code of the answer to whoever asks for an allocation.
fn opened(core: &mut Core<Model>, port: u16, username: &str) -> u16 {
    let request = allocate(core, username);
    code(core, &path(port), &request)
}

/// The code of the answer to whoever gives an allocation back.
fn returned(core: &mut Core<Model>, port: u16, username: &str) -> u16 {
    let request = refresh(core, username, 0);
    code(core, &path(port), &request)
}

fn relayed(
    core: &mut Core<Model>,
    path: &ClientPath,
    bytes: &[u8],
    now: UnixMillis,
) -> Option<(u16, SocketAddr, Vec<u8>)> {
    match core.client_sent(path, bytes, now, &mut [0; 1024]) {
        CoreStep::Relay { relay, to, data } => Some((*relay, to, bytes[data].to_vec())),
        _ => None,
    }
}

const ADA: &str = "1800000600:ada";
const BOB: &str = "1800000600:bob";

#[test]
fn anybody_learns_their_own_address() {
    let answer = ask(&mut core(), &path(1000), &unsigned(BINDING, &[]), NOW).unwrap();
    let message = Message::from_bytes(&answer).unwrap();
    let mapped = message.attribute::<XorMappedAddress>().unwrap();
    assert_eq!(mapped.addr(message.transaction_id()), path(1000).remote);
}

#[test]
fn an_allocation_needs_a_nonce_then_credentials_and_then_is_there() {
    let mut core = core();
    let bare = unsigned(
        ALLOCATE,
        &[&RequestedTransport::new(RequestedTransport::UDP)],
    );
    let answer = ask(&mut core, &path(1), &bare, NOW).unwrap();
    let message = Message::from_bytes(&answer).unwrap();
    assert_eq!(message.attribute::<ErrorCode>().unwrap().code(), 401);
    assert_eq!(message.attribute::<Realm>().unwrap().realm(), REALM);
    assert!(core.rules.nonces.accepts(
        message.attribute::<Nonce>().unwrap().nonce(),
        path(1).remote.ip(),
        NOW
    ));
    assert!(core.allocations.is_empty());

    let request = allocate(&core, ADA);
    let answer = ask(&mut core, &path(1), &request, NOW).unwrap();
    let message = Message::from_bytes(&answer).unwrap();
    message.validate_integrity_with_key(&key(ADA)).unwrap();
    let id = message.transaction_id();
    assert_eq!(
        message
            .attribute::<XorRelayedAddress>()
            .unwrap()
            .addr(id)
            .to_string(),
        "7.7.7.7:50000"
    );
    assert_eq!(message.attribute::<Lifetime>().unwrap().seconds(), 600);
    assert_eq!(
        code(&mut core, &path(1), &request),
        0,
        "the same request again"
    );
    assert_eq!(core.allocations.len(), 1);
    assert_eq!(opened(&mut core, 1, ADA), 437);
}

#[test]
fn credentials_that_are_wrong_ended_or_of_somebody_without_a_seat_open_nothing() {
    let mut core = core();
    for (username, expected) in [
        ("1799999999:ada", 401),
        ("1800000600:mallory", 403),
        ("ada", 401),
        ("1800000600", 401),
    ] {
        assert_eq!(opened(&mut core, 1, username), expected, "{username}");
    }
    let mut forged = allocate(&core, ADA);
    let last = forged.len() - 1;
    forged[last] ^= 1;
    assert_eq!(code(&mut core, &path(1), &forged), 401);
    let elsewhere = ClientPath {
        remote: "9.9.9.9:1".parse().unwrap(),
        ..path(1)
    };
    let request = allocate(&core, ADA);
    assert_eq!(
        code(&mut core, &elsewhere, &request),
        438,
        "a nonce of another address"
    );
    core.rules.members.leave(&PeerId::new("ada"));
    assert_eq!(opened(&mut core, 1, ADA), 403, "whoever left");
    assert!(core.allocations.is_empty());
}

#[test]
fn what_is_not_offered_is_refused() {
    let mut core = core();
    let cases: [(Vec<Box<dyn AttributeWrite>>, u16); 5] = [
        (vec![], 400),
        (
            vec![Box::new(RequestedTransport::new(RequestedTransport::TCP))],
            442,
        ),
        (vec![udp().remove(0), Box::new(EvenPort::new(true))], 508),
        (
            vec![
                udp().remove(0),
                Box::new(turn_types::attribute::RequestedAddressFamily::new(
                    turn_types::AddressFamily::IPV6,
                )),
            ],
            440,
        ),
        (
            vec![
                udp().remove(0),
                Box::new(turn_types::attribute::DontFragment::new()),
            ],
            420,
        ),
    ];
    for (attributes, expected) in cases {
        let attributes = Cell::new(Some(attributes));
        let request = signed(&core, ADA, ALLOCATE, &|_| attributes.take().unwrap());
        assert_eq!(code(&mut core, &path(1), &request), expected);
    }
    let request = signed(&core, ADA, StunMethod::new(0x00a), &|_| vec![]);
    assert_eq!(
        code(&mut core, &path(1), &request),
        400,
        "Connect of RFC 6062"
    );
}

#[test]
fn the_test_vectors_of_rfc_5769_are_understood() {
    let decode = |text: &str| {
        data_encoding::HEXLOWER_PERMISSIVE
            .decode(text.as_bytes())
            .unwrap()
    };
    let short = "VOkJxbRl1RmTxUk/WvJxBt";
    let request = decode(
        "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf",
    );
    let v4 = decode(
        "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96",
    );
    let v6 = decode(
        "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c",
    );
    for bytes in [&request, &v4, &v6] {
        let message = Message::from_bytes(bytes).unwrap();
        let credentials =
            MessageIntegrityCredentials::from(ShortTermCredentials::new(short.to_owned()));
        message.validate_integrity(&credentials).unwrap();
    }
    for (bytes, address) in [
        (&v4, "192.0.2.1:32853"),
        (&v6, "[2001:db8:1234:5678:11:2233:4455:6677]:32853"),
    ] {
        let message = Message::from_bytes(bytes).unwrap();
        let mapped = message.attribute::<XorMappedAddress>().unwrap();
        assert_eq!(
            mapped.addr(message.transaction_id()),
            address.parse().unwrap()
        );
    }
    let long = decode(
        "000100602112a44278ad3433c6ad72c029da412e00060012e3839ee38388e383aae38383e382afe382b900000015001c662f2f3439396b39353464364f4c33346f4c394653547679363473410014000b6578616d706c652e6f72670000080014f67024656dd64a3e02b8e0712e85c9a28ca89666",
    );
    let request = Request::parse(&long).unwrap();
    let claim = request.claim().unwrap().unwrap();
    assert_eq!(
        (claim.username.as_str(), claim.realm.as_str()),
        ("マトリックス", "example.org")
    );
    let credentials =
        LongTermKeyCredentials::new(claim.username, "TheMatrIX".to_owned(), claim.realm);
    request
        .message
        .validate_integrity_with_key(&credentials.make_key(IntegrityAlgorithm::Sha1))
        .unwrap();
}

/// One thing that a client, known or not, may do.
#[derive(Clone, Debug)]
enum Act {
    Raw(Vec<u8>),
    Request {
        kind: u8,
        who: u8,
        path: u8,
        peer: u8,
        flip: Option<(usize, u8)>,
    },
    Peer {
        path: u8,
        peer: u8,
    },
    Time(u32),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..80).prop_map(Act::Raw),
        (
            0_u8..8,
            0_u8..4,
            0_u8..5,
            0_u8..6,
            prop::option::weighted(0.3, (any::<usize>(), 1_u8..))
        )
            .prop_map(|(kind, who, path, peer, flip)| Act::Request {
                kind,
                who,
                path,
                peer,
                flip
            }),
        (0_u8..5, 0_u8..6).prop_map(|(path, peer)| Act::Peer { path, peer }),
        (0_u32..400_000).prop_map(Act::Time),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_is_sent_in_whatever_order_nothing_breaks_and_nothing_grows(acts in prop::collection::vec(act(), 1..60)) {
        let peers = ["1.1.1.1:99", "2.2.2.2:99", "10.0.0.1:80", "7.7.7.7:50000", "7.7.7.7:22", "[2a00::1]:80"];
        let mut core = core();
        let mut now = NOW;
        for act in acts {
            let (bytes, from) = match act {
                Act::Raw(bytes) => (bytes, path(1)),
                Act::Time(step) => {
                    now += u64::from(step);
                    continue;
                }
                Act::Peer { path: from, peer } => {
                    core.peer_sent(&path(from.into()), peers[usize::from(peer)].parse().unwrap(), 100, now);
                    continue;
                }
                Act::Request { kind, who, path: from, peer, flip } => {
                    let username = format!("{}:{}", (now / 1000) + 600, ["ada", "bob", "eve", "mallory"][usize::from(who)]);
                    let peer = peers[usize::from(peer)];
                    let mut bytes = match kind {
                        0 => allocate(&core, &username),
                        1 => refresh(&core, &username, u32::from(who) * 700),
                        2 => permit(&core, &username, peer),
                        3 => channel(&core, &username, 0x4000 + u16::from(who), peer),
                        4 => send(peer, b"payload"),
                        5 => channel_data(0x4000 + u16::from(who), b"payload"),
                        6 => unsigned(BINDING, &[]),
                        _ => unsigned(ALLOCATE, &[&RequestedTransport::new(17)]),
                    };
                    if let Some((index, bits)) = flip {
                        let index = index % bytes.len();
                        bytes[index] ^= bits;
                    }
                    (bytes, path(from.into()))
                }
            };
            let known = core.allocations.contains_key(&from);
            match core.client_sent(&from, &bytes, now, &mut [0; 1024]) {
                CoreStep::Answer(length) => {
                    let signed = bytes.len() > 100;
                    prop_assert!(known || signed || (length + 28) * 2 <= (bytes.len() + 28) * 3);
                }
                CoreStep::Relay { to, data, .. } => {
                    prop_assert!(data.end <= bytes.len());
                    prop_assert!(!["10.0.0.1:80", "7.7.7.7:22"].contains(&to.to_string().as_str()));
                }
                CoreStep::Nothing => {}
            }
            prop_assert!(core.allocations.len() <= 3);
            prop_assert_eq!(core.rules.accounts.allocations() as usize, core.allocations.len());
        }
    }

    #[test]
    fn no_unsigned_message_is_answered_with_much_more(bytes in prop::collection::vec(any::<u8>(), 0..60), method in 0_u8..12) {
        let mut message = vec![0, method, 0, 0, 0x21, 0x12, 0xa4, 0x42];
        message.extend([7; 12]);
        message.extend(&bytes[..bytes.len() / 4 * 4]);
        message[3] = u8::try_from(bytes.len() / 4 * 4).unwrap();
        if let Some(answer) = ask(&mut core(), &path(1), &message, NOW) {
            prop_assert!((answer.len() + 28) * 2 <= (message.len() + 28) * 3);
        }
    }
}
