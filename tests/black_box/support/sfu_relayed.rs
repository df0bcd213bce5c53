//! A client's way through the server's relay: an allocation over UDP, TCP or TLS, and a task that speaks with the relay.

use std::collections::HashMap;
use std::net::SocketAddr;

use stun_types::attribute::{AttributeWrite, ErrorCode, Nonce, Realm};
use stun_types::message::{
    Message, MessageWrite, MessageWriteExt, MessageWriteVec, Method, TransactionId,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use turn_types::attribute::{
    ChannelNumber, Data, RequestedTransport, XorPeerAddress, XorRelayedAddress,
};
use turn_types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, DATA, SEND};

use super::client::{ByteStream, wait};
use super::secure::SecureStream;
use super::sfu_line::Over;
use super::turn::Relay;
use super::turn_signature::TurnSignature;

type Datagram = (Vec<u8>, SocketAddr);

/// An allocation that datagrams travel through. It ends with the client's connection to the relay.
pub(crate) struct RelayedLine {
    relayed: SocketAddr,
    outgoing: UnboundedSender<Datagram>,
    incoming: UnboundedReceiver<Datagram>,
}

impl RelayedLine {
    /// Allocates. Over UDP data go in indications; over TCP and TLS on channels.
    pub(crate) async fn open(relay: &Relay, over: Over) -> Self {
        let mut speaker = Speaker::connect(relay, over).await;
        let relayed = speaker.allocate().await;
        let (outgoing, to_send) = unbounded_channel();
        let (received, incoming) = unbounded_channel();
        tokio::spawn(speaker.run(to_send, received));
        Self {
            relayed,
            outgoing,
            incoming,
        }
    }

    pub(super) fn relayed(&self) -> SocketAddr {
        self.relayed
    }

    pub(super) fn send(&self, datagram: &[u8], target: SocketAddr) {
        // When the task is over, so is the connection to the relay.
        let _ = self.outgoing.send((datagram.to_vec(), target));
    }

    pub(super) async fn receive(&mut self) -> Datagram {
        match self.incoming.recv().await {
            Some(datagram) => datagram,
            None => std::future::pending().await,
        }
    }
}

enum Wire {
    Datagrams(UdpSocket),
    Stream(Box<dyn ByteStream>, Vec<u8>),
}

impl Wire {
    async fn write(&mut self, packet: &[u8]) {
        match self {
            Self::Datagrams(socket) => {
                socket.send(packet).await.unwrap();
            }
            Self::Stream(stream, _) => {
                let mut padded = packet.to_vec();
                padded.resize(packet.len().next_multiple_of(4), 0);
                stream.write_all(&padded).await.unwrap();
            }
        }
    }

    /// The next message of the relay; `None` when it closed the connection. Nothing is lost when this is dropped.
    async fn read(&mut self) -> Option<Vec<u8>> {
        match self {
            Self::Datagrams(socket) => {
                let mut packet = vec![0; 2_000];
                let length = socket.recv(&mut packet).await.unwrap();
                packet.truncate(length);
                Some(packet)
            }
            Self::Stream(stream, read) => loop {
                if let Some(header) = read.get(..4) {
                    let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
                    let whole = match header[0] {
                        0x40.. => 4 + length,
                        _ => 20 + length,
                    };
                    if read.len() >= whole.next_multiple_of(4) {
                        let rest = read.split_off(whole.next_multiple_of(4));
                        let mut packet = std::mem::replace(read, rest);
                        packet.truncate(whole);
                        return Some(packet);
                    }
                }
                match stream.read_buf(read).await {
                    Ok(0) | Err(_) => return None,
                    Ok(_) => {}
                }
            },
        }
    }
}

/// Speaks with the relay.
struct Speaker {
    wire: Wire,
    username: String,
    password: String,
    realm: String,
    nonce: String,
    binds_channels: bool,
    /// The peers that may be spoken with, each with its channel.
    peers: HashMap<SocketAddr, u16>,
}

impl Speaker {
    async fn connect(relay: &Relay, over: Over) -> Self {
        let plain = relay.server_at([127, 0, 0, 1].into());
        let wire = match over {
            Over::Udp => {
                let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
                socket.connect(plain).await.unwrap();
                Wire::Datagrams(socket)
            }
            Over::Tcp => {
                let stream = TcpStream::connect(plain).await.unwrap();
                Wire::Stream(Box::new(stream), vec![])
            }
            Over::Tls => {
                let place = SocketAddr::new(plain.ip(), relay.tls_port());
                let secure = SecureStream::connect_to_speak(place, b"stun.turn").await;
                Wire::Stream(Box::new(secure.stream), vec![])
            }
        };
        Self {
            wire,
            username: relay.username.clone(),
            password: relay.credential.clone(),
            realm: String::new(),
            nonce: String::new(),
            binds_channels: !matches!(over, Over::Udp),
            peers: HashMap::new(),
        }
    }

    async fn allocate(&mut self) -> SocketAddr {
        let udp = |_| -> Vec<Box<dyn AttributeWrite>> {
            vec![Box::new(RequestedTransport::new(RequestedTransport::UDP))]
        };
        let mut bare = Message::builder_request(ALLOCATE, MessageWriteVec::new());
        bare.add_attribute(&RequestedTransport::new(RequestedTransport::UDP))
            .unwrap();
        self.wire.write(&bare.finish()).await;
        let refusal = wait("a nonce", self.wire.read()).await.unwrap();
        let refusal = Message::from_bytes(&refusal).unwrap();
        self.realm = refusal.attribute::<Realm>().unwrap().realm().to_owned();
        self.nonce = refusal.attribute::<Nonce>().unwrap().nonce().to_owned();
        let request = self.signed(ALLOCATE, udp);
        self.wire.write(&request).await;
        let answer = wait("an allocation", self.wire.read()).await.unwrap();
        let answer = Message::from_bytes(&answer).unwrap();
        let relayed = answer.attribute::<XorRelayedAddress>().unwrap();
        relayed.addr(answer.transaction_id())
    }

    fn signed(
        &self,
        method: Method,
        attributes: impl FnOnce(TransactionId) -> Vec<Box<dyn AttributeWrite>>,
    ) -> Vec<u8> {
        let signature = TurnSignature {
            username: &self.username,
            password: &self.password,
            realm: &self.realm,
            nonce: &self.nonce,
        };
        signature.request(method, attributes)
    }

    async fn run(
        mut self,
        mut to_send: UnboundedReceiver<Datagram>,
        received: UnboundedSender<Datagram>,
    ) {
        loop {
            tokio::select! {
                datagram = to_send.recv() => match datagram {
                    Some((datagram, peer)) => self.pass(&datagram, peer).await,
                    None => return,
                },
                packet = self.wire.read() => {
                    let Some(packet) = packet else { return };
                    if let Some(datagram) = self.hear(&packet) {
                        let _ = received.send(datagram);
                    }
                }
            }
        }
    }

    /// Sends to a peer, and asks for what is needed for that first.
    async fn pass(&mut self, datagram: &[u8], peer: SocketAddr) {
        let known = self.peers.get(&peer).copied();
        let number = known.unwrap_or(0x4000 + u16::try_from(self.peers.len()).unwrap());
        if known.is_none() {
            self.peers.insert(peer, number);
            let request = if self.binds_channels {
                self.signed(CHANNEL_BIND, |id| {
                    vec![
                        Box::new(ChannelNumber::new(number)),
                        Box::new(XorPeerAddress::new(peer, id)),
                    ]
                })
            } else {
                self.signed(CREATE_PERMISSION, |id| {
                    vec![Box::new(XorPeerAddress::new(peer, id))]
                })
            };
            self.wire.write(&request).await;
        }
        let packet = if self.binds_channels {
            let length = u16::try_from(datagram.len()).unwrap();
            [&number.to_be_bytes()[..], &length.to_be_bytes(), datagram].concat()
        } else {
            let mut message = Message::builder_indication(SEND, MessageWriteVec::new());
            let id = message.transaction_id();
            message
                .add_attribute(&XorPeerAddress::new(peer, id))
                .unwrap();
            message.add_attribute(&Data::new(datagram)).unwrap();
            message.finish()
        };
        self.wire.write(&packet).await;
    }

    /// Reads what the relay says: data of a peer, or that it did what it was asked for.
    fn hear(&self, packet: &[u8]) -> Option<Datagram> {
        if packet[0] >= 0x40 {
            let number = u16::from_be_bytes([packet[0], packet[1]]);
            let mut peers = self.peers.iter();
            let (peer, _) = peers.find(|(_, its)| **its == number).expect("a channel");
            return Some((packet[4..].to_vec(), *peer));
        }
        let message = Message::from_bytes(packet).unwrap();
        if message.has_method(DATA) {
            let peer = message.attribute::<XorPeerAddress>().unwrap();
            let data = message.attribute::<Data>().unwrap();
            return Some((data.data().to_vec(), peer.addr(message.transaction_id())));
        }
        let refusal = message.attribute::<ErrorCode>();
        assert!(refusal.is_err(), "the relay refuses: {refusal:?}");
        None
    }
}
