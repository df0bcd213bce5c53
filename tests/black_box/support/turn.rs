//! The relay as somebody is told of it, and a TURN client that shows every answer as it came.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use serde_json::Value;
use stun_types::attribute::{AttributeWrite, ErrorCode, Nonce, Realm};
use stun_types::message::{
    Message, MessageWrite, MessageWriteExt, MessageWriteVec, Method, TransactionId,
};
use turn_types::attribute::{RequestedTransport, XorPeerAddress, XorRelayedAddress};
use turn_types::message::{ALLOCATE, CREATE_PERMISSION};

use super::turn_signature::TurnSignature;

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
        TurnClient::over(Link::Datagrams(socket), self)
    }

    /// A client that comes over TCP.
    pub(crate) fn client_over_tcp(&self) -> TurnClient {
        let stream = TcpStream::connect(self.server_at([127, 0, 0, 1].into())).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        TurnClient::over(Link::Stream(stream), self)
    }

    /// The port of `turns:HOST:PORT?transport=tcp`.
    pub(crate) fn tls_port(&self) -> u16 {
        let mut urls = self.urls.iter();
        let url = urls.find(|url| url.starts_with("turns:"));
        let (_, rest) = url.expect("a relay over TLS").rsplit_once(':').unwrap();
        rest.split('?').next().unwrap().parse().unwrap()
    }

    pub(crate) fn server_at(&self, address: IpAddr) -> SocketAddr {
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

enum Link {
    Datagrams(UdpSocket),
    Stream(TcpStream),
}

pub(crate) struct TurnClient {
    link: Link,
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
    fn over(link: Link, relay: &Relay) -> Self {
        Self {
            link,
            username: relay.username.clone(),
            password: relay.credential.clone(),
            nonce: String::new(),
            realm: String::new(),
        }
    }

    fn exchange(&self, request: &[u8]) -> Answer {
        match &self.link {
            Link::Datagrams(socket) => {
                socket.send(request).unwrap();
                let mut answer = vec![0; 1500];
                let length = socket.recv(&mut answer).unwrap();
                answer.truncate(length);
                Answer(answer)
            }
            Link::Stream(stream) => {
                let mut stream = stream;
                stream.write_all(request).unwrap();
                let mut answer = vec![0; 20];
                stream.read_exact(&mut answer).unwrap();
                let length = u16::from_be_bytes([answer[2], answer[3]]);
                answer.resize(20 + usize::from(length), 0);
                stream.read_exact(&mut answer[20..]).unwrap();
                Answer(answer)
            }
        }
    }

    /// Whether the server closes the client's stream; waits for it.
    pub(crate) fn is_closed(&self) -> bool {
        match &self.link {
            Link::Datagrams(_) => false,
            Link::Stream(stream) => {
                let mut stream = stream;
                matches!(stream.read(&mut [0]), Ok(0))
            }
        }
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
        let signature = TurnSignature {
            username: &self.username,
            password: &self.password,
            realm: &self.realm,
            nonce: &self.nonce,
        };
        self.exchange(&signature.request(method, attributes))
    }

    /// Learns a nonce, then allocates.
    pub(crate) fn allocate(&mut self) -> Answer {
        self.ask_unsigned(ALLOCATE, udp);
        self.ask(ALLOCATE, udp)
    }

    /// Sends data on a channel, which nothing answers.
    pub(crate) fn send_on_channel(&self, number: u16, data: &[u8]) {
        let length = u16::try_from(data.len()).unwrap();
        let packet = [&number.to_be_bytes()[..], &length.to_be_bytes(), data].concat();
        match &self.link {
            Link::Datagrams(socket) => assert_eq!(socket.send(&packet).unwrap(), packet.len()),
            Link::Stream(stream) => {
                let mut stream = stream;
                stream.write_all(&packet).unwrap();
            }
        }
    }

    pub(crate) fn permit(&self, peer: SocketAddr) -> u16 {
        let permitted = self.ask(CREATE_PERMISSION, |transaction| {
            vec![Box::new(XorPeerAddress::new(peer, transaction))]
        });
        permitted.code()
    }
}
