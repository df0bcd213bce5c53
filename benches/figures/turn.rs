//! The load of a relay: pairs of TURN clients (RFC 8656) that send to each other, relay to relay, at a steady pace.
//!
//! Invariant: the pace does not depend on the server. What it does not relay is counted as lost and not sent again.

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use stun_types::attribute::{AttributeWrite, Nonce, Realm, Username};
use stun_types::message::{
    IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageWrite, MessageWriteExt,
    MessageWriteVec, Method, TransactionId,
};
use turn_types::attribute::{ChannelNumber, RequestedTransport, XorPeerAddress, XorRelayedAddress};
use turn_types::message::{ALLOCATE, CHANNEL_BIND};

use crate::Result;

/// Pairs of clients.
const PAIRS: usize = 8;

/// Bytes of a message: a video packet.
const BYTES: usize = 1100;

/// Time between two messages of a client.
const PACE: Duration = Duration::from_millis(2);

/// The channel every client binds to the other one's relay.
const CHANNEL: u16 = 0x4000;

/// How long an answer may take.
const DEADLINE: Duration = Duration::from_secs(5);

/// What a user of a relay needs.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub(crate) username: String,
    pub(crate) password: String,
}

impl Login {
    /// What a server accepts that shares the secret (draft-uberti-behave-turn-rest).
    pub(crate) fn shared(secret: &str) -> Result<Self> {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
        let username = format!("{}:bench", now.as_secs() + 3600);
        let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes())?;
        mac.update(username.as_bytes());
        let password = BASE64.encode(&mac.finalize().into_bytes());
        Ok(Self { username, password })
    }
}

/// A client that has an allocation.
struct Client {
    socket: UdpSocket,
    relayed: SocketAddr,
    login: Login,
    realm: String,
    nonce: String,
}

impl Client {
    fn allocate(server: SocketAddr, login: &Login) -> Result<Self> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.connect(server)?;
        socket.set_read_timeout(Some(DEADLINE))?;
        let transport = RequestedTransport::new(RequestedTransport::UDP);
        let mut message = Message::builder_request(ALLOCATE, MessageWriteVec::new());
        message.add_attribute(&transport)?;
        let refusal = exchange(&socket, &message.finish())?;
        let refusal = Message::from_bytes(&refusal)?;
        let mut client = Self {
            socket,
            relayed: server,
            login: login.clone(),
            realm: refusal.attribute::<Realm>()?.realm().to_owned(),
            nonce: refusal.attribute::<Nonce>()?.nonce().to_owned(),
        };
        let answer = client.ask(ALLOCATE, |_| vec![Box::new(transport)])?;
        let answer = Message::from_bytes(&answer)?;
        let relayed = answer.attribute::<XorRelayedAddress>()?;
        client.relayed = relayed.addr(answer.transaction_id());
        Ok(client)
    }

    fn ask(
        &self,
        method: Method,
        attributes: impl FnOnce(TransactionId) -> Vec<Box<dyn AttributeWrite>>,
    ) -> Result<Vec<u8>> {
        let mut message = Message::builder_request(method, MessageWriteVec::new());
        for attribute in attributes(message.transaction_id()) {
            message.add_attribute(&*attribute)?;
        }
        message.add_attribute(&Username::new(&self.login.username)?)?;
        message.add_attribute(&Realm::new(&self.realm)?)?;
        message.add_attribute(&Nonce::new(&self.nonce)?)?;
        let (name, password) = (self.login.username.clone(), self.login.password.clone());
        let key = LongTermKeyCredentials::new(name, password, self.realm.clone());
        message.add_message_integrity(&key.into(), IntegrityAlgorithm::Sha1)?;
        let answer = exchange(&self.socket, &message.finish())?;
        if !Message::from_bytes(&answer)?.has_class(stun_types::message::MessageClass::Success) {
            return Err(format!("{method} was refused").into());
        }
        Ok(answer)
    }

    fn bind(&self, peer: SocketAddr) -> Result<()> {
        let bound = self.ask(CHANNEL_BIND, |transaction| {
            let number = ChannelNumber::new(CHANNEL);
            vec![
                Box::new(number),
                Box::new(XorPeerAddress::new(peer, transaction)),
            ]
        });
        bound.map(drop)
    }
}

fn exchange(socket: &UdpSocket, request: &[u8]) -> Result<Vec<u8>> {
    let started = Instant::now();
    let mut answer = vec![0; 1500];
    // A server that has just started may not have opened its port yet.
    let length = loop {
        match socket.send(request).and_then(|_| socket.recv(&mut answer)) {
            Err(error)
                if error.kind() == ErrorKind::ConnectionRefused && started.elapsed() < DEADLINE =>
            {
                thread::sleep(Duration::from_millis(20));
            }
            answered => break answered?,
        }
    };
    answer.truncate(length);
    Ok(answer)
}

/// What was relayed.
#[derive(Debug, Default)]
pub(crate) struct Relayed {
    /// Messages sent.
    pub(crate) sent: usize,
    /// From sending a message to its arrival, in ms, of every one that arrived.
    pub(crate) delays: Vec<f64>,
}

/// Pairs of clients that reach each other.
pub(crate) struct Pairs(Vec<Client>);

impl Pairs {
    /// Makes the allocations and channels.
    pub(crate) fn connect(server: SocketAddr, login: &Login) -> Result<Self> {
        let mut clients = Vec::new();
        for _ in 0..PAIRS {
            let one = Client::allocate(server, login)?;
            let other = Client::allocate(server, login)?;
            one.bind(other.relayed)?;
            other.bind(one.relayed)?;
            clients.extend([one, other]);
        }
        Ok(Self(clients))
    }

    /// Everybody sends to the other of their pair, for so long.
    pub(crate) fn talk(&self, time: Duration) -> Result<Relayed> {
        let started = Instant::now();
        let over = Arc::new(AtomicBool::new(false));
        let mut listeners = Vec::new();
        for client in &self.0 {
            let socket = client.socket.try_clone()?;
            socket.set_read_timeout(Some(Duration::from_millis(200)))?;
            let over = Arc::clone(&over);
            listeners.push(thread::spawn(move || listen(&socket, started, &over)));
        }
        let mut message = vec![0; 4 + BYTES];
        message[..2].copy_from_slice(&CHANNEL.to_be_bytes());
        message[2..4].copy_from_slice(&u16::try_from(BYTES)?.to_be_bytes());
        let mut relayed = Relayed::default();
        let mut next = started;
        while started.elapsed() < time {
            for client in &self.0 {
                let now = u64::try_from(started.elapsed().as_nanos())?;
                message[4..12].copy_from_slice(&now.to_be_bytes());
                client.socket.send(&message)?;
                relayed.sent += 1;
            }
            next += PACE;
            thread::sleep(next.saturating_duration_since(Instant::now()));
        }
        // What is still under way arrives within the time a listener waits.
        thread::sleep(Duration::from_millis(200));
        over.store(true, Ordering::Relaxed);
        for listener in listeners {
            let delays = listener.join().map_err(|_| "a listener panicked")?;
            relayed.delays.extend(delays);
        }
        Ok(relayed)
    }
}

fn listen(socket: &UdpSocket, started: Instant, over: &AtomicBool) -> Vec<f64> {
    let mut delays = Vec::new();
    let mut message = vec![0; 1500];
    while !over.load(Ordering::Relaxed) {
        let Ok(length) = socket.recv(&mut message) else {
            continue;
        };
        let arrived = started.elapsed();
        let Some((time, _)) = message[..length]
            .get(4..)
            .and_then(<[u8]>::split_first_chunk::<8>)
        else {
            continue;
        };
        let sent = Duration::from_nanos(u64::from_be_bytes(*time));
        delays.push(arrived.saturating_sub(sent).as_secs_f64() * 1e3);
    }
    delays
}
