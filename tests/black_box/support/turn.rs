//! The relay as somebody is told of it, and a TURN client over UDP that shows every answer as it came.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

use serde_json::Value;
use stun_types::attribute::{AttributeWrite, ErrorCode, Nonce, Realm, Username};
use stun_types::message::{
    IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageWrite, MessageWriteExt,
    MessageWriteVec, Method, TransactionId,
};
use turn_types::attribute::{RequestedTransport, XorPeerAddress, XorRelayedAddress};
use turn_types::message::{ALLOCATE, CREATE_PERMISSION};

pub(crate) type Attributes = Vec<Box<dyn AttributeWrite>>;

/// The URLs and credentials of the relay in a welcome.
pub(crate) struct Relay {
    urls: Vec<String>,
    pub(crate) username: String,
    pub(crate) credential: String,
}

impl Relay {
    pub(crate) fn in_welcome(welcome: &Value) -> Self {
        let servers = welcome["iceServers"].as_array().unwrap();
        let relay = servers.iter().find(|server| server["username"].is_string());
        let relay = relay.expect("a relay in the welcome");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            urls: relay["urls"].as_array().unwrap().iter().map(text).collect(),
            username: text(&relay["username"]),
            credential: text(&relay["credential"]),
        }
    }

    /// A client on this machine, whatever the server calls itself.
    pub(crate) fn client(&self) -> TurnClient {
        self.client_at([127, 0, 0, 1].into())
    }

    /// A client at an address of this machine, who finds the server there.
    pub(crate) fn client_at(&self, address: IpAddr) -> TurnClient {
        let socket = UdpSocket::bind((address, 0)).unwrap();
        socket.connect(self.server_at(address)).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        TurnClient::over(socket, self)
    }

    fn server_at(&self, address: IpAddr) -> SocketAddr {
        SocketAddr::new(address, self.port().parse().unwrap())
    }

    /// The port of `turn:HOST:PORT?transport=udp`.
    pub(crate) fn port(&self) -> String {
        let (_, rest) = self.urls[0].rsplit_once(':').unwrap();
        rest.split('?').next().unwrap().to_owned()
    }
}

/// An address of this machine that is not loopback's. `None`, loudly, when it has no network.
pub(crate) fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    // Nothing is sent.
    let found = socket
        .connect("9.9.9.9:9")
        .and_then(|()| socket.local_addr());
    let address = found.ok().map(|address| address.ip());
    let address = address.filter(|address| !address.is_loopback());
    if address.is_none() {
        eprintln!("SKIPPED: this machine has no network, and loopback is not counted");
    }
    address
}

/// An answer takes no longer.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) struct TurnClient {
    socket: UdpSocket,
    username: String,
    password: String,
    /// From the last refusal, or whatever the test says.
    pub(crate) nonce: String,
    realm: String,
}

/// The bytes of an answer.
pub(crate) struct Answer(pub(crate) Vec<u8>);

impl Answer {
    /// 0 when it is a success.
    pub(crate) fn code(&self) -> u16 {
        let message = self.message();
        message
            .attribute::<ErrorCode>()
            .map_or(0, |error| error.code())
    }

    pub(crate) fn message(&self) -> Message<'_> {
        Message::from_bytes(&self.0).unwrap()
    }

    pub(crate) fn relayed(&self) -> SocketAddr {
        let message = self.message();
        let address = message.attribute::<XorRelayedAddress>().unwrap();
        address.addr(message.transaction_id())
    }
}

pub(crate) fn udp(_: TransactionId) -> Attributes {
    vec![Box::new(RequestedTransport::new(RequestedTransport::UDP))]
}

impl TurnClient {
    fn over(socket: UdpSocket, relay: &Relay) -> Self {
        Self {
            socket,
            username: relay.username.clone(),
            password: relay.credential.clone(),
            nonce: String::new(),
            realm: String::new(),
        }
    }

    fn exchange(&self, request: &[u8]) -> Answer {
        self.socket.send(request).unwrap();
        let mut answer = vec![0; 1500];
        let length = self.socket.recv(&mut answer).unwrap();
        answer.truncate(length);
        Answer(answer)
    }

    /// A request that proves nothing; also gives its bytes.
    pub(crate) fn ask_unsigned(
        &mut self,
        method: Method,
        attributes: impl FnOnce(TransactionId) -> Attributes,
    ) -> (Vec<u8>, Answer) {
        let mut message = Message::builder_request(method, MessageWriteVec::new());
        for attribute in attributes(message.transaction_id()) {
            message.add_attribute(&*attribute).unwrap();
        }
        let request = message.finish();
        let answer = self.exchange(&request);
        self.learn(&answer);
        (request, answer)
    }

    fn learn(&mut self, answer: &Answer) {
        let message = answer.message();
        if let (Ok(realm), Ok(nonce)) = (message.attribute::<Realm>(), message.attribute::<Nonce>())
        {
            self.realm = realm.realm().to_owned();
            self.nonce = nonce.nonce().to_owned();
        }
    }

    /// A signed request with the nonce that was learnt.
    pub(crate) fn ask(
        &self,
        method: Method,
        attributes: impl FnOnce(TransactionId) -> Attributes,
    ) -> Answer {
        let mut message = Message::builder_request(method, MessageWriteVec::new());
        for attribute in attributes(message.transaction_id()) {
            message.add_attribute(&*attribute).unwrap();
        }
        let username = Username::new(&self.username).unwrap();
        message.add_attribute(&username).unwrap();
        message
            .add_attribute(&Realm::new(&self.realm).unwrap())
            .unwrap();
        message
            .add_attribute(&Nonce::new(&self.nonce).unwrap())
            .unwrap();
        let (name, password) = (self.username.clone(), self.password.clone());
        let key = LongTermKeyCredentials::new(name, password, self.realm.clone());
        message
            .add_message_integrity(&key.into(), IntegrityAlgorithm::Sha1)
            .unwrap();
        self.exchange(&message.finish())
    }

    /// Learns a nonce, then allocates.
    pub(crate) fn allocate(&mut self) -> Answer {
        self.ask_unsigned(ALLOCATE, udp);
        self.ask(ALLOCATE, udp)
    }

    pub(crate) fn permit(&self, peer: SocketAddr) -> u16 {
        let permitted = self.ask(CREATE_PERMISSION, |transaction| {
            vec![Box::new(XorPeerAddress::new(peer, transaction))]
        });
        permitted.code()
    }
}
