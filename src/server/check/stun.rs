//! STUN requests and their answers (RFC 8489), over datagrams and streams, with long-term credentials.
//!
//! Invariant: one request at a time; an answer counts only with its transaction's id, and where we authenticate only
//! with the server's own message integrity.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UdpSocket;
use tokio::time::timeout;
use turn_types::stun::attribute::{
    AttributeWrite, ErrorCode, Nonce, Realm, Username, XorMappedAddress,
};
use turn_types::stun::message::{
    BINDING, IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageClass,
    MessageIntegrityCredentials, MessageWrite, MessageWriteExt, MessageWriteVec, Method,
    TransactionId,
};

use crate::device::socket::dial::{DEADLINE, Stream, in_time};

/// A packet is read up to this many bytes.
const PACKET: usize = 2048;

/// A STUN message begins with a header of so many bytes.
const HEADER: usize = 20;

/// A datagram is sent again after this time, which doubles each time.
const RETRANSMISSION: Duration = Duration::from_millis(400);

/// How a server is reached.
pub(super) enum Wire {
    /// Datagrams go over this socket, and are sent again when nothing comes back.
    Datagrams(UdpSocket),
    /// A stream, over TLS or not, carries the messages and loses none.
    Stream(Box<dyn Stream>),
}

/// What the server calls itself, and the proof of who we are.
pub(super) struct Login {
    /// The server knows us by this name.
    username: String,
    /// The server knows the password too, which is never sent: it signs.
    password: String,
    challenge: Option<(String, String)>,
}

/// A server and our conversation with it.
pub(super) struct Conversation {
    /// The messages travel over this.
    wire: Wire,
    /// A server that asks for no credentials needs none; `None` then.
    login: Option<Login>,
}

impl Conversation {
    /// Talks to a server that asks for no credentials.
    pub(super) fn new(wire: Wire) -> Self {
        Self { wire, login: None }
    }

    /// Talks to a server that asks for credentials.
    pub(super) fn with_login(wire: Wire, username: &str, password: &str) -> Self {
        let login = Login {
            username: username.to_owned(),
            password: password.to_owned(),
            challenge: None,
        };
        Self {
            wire,
            login: Some(login),
        }
    }

    /// Asks where our packets come from.
    ///
    /// # Errors
    /// Why there is no answer.
    pub(super) async fn mapped_address(&mut self) -> Result<SocketAddr, String> {
        let answer = self.request(BINDING, |_| Vec::new()).await?;
        let answer = parse(&answer)?;
        let mapped = answer
            .attribute::<XorMappedAddress>()
            .map_err(|_| "its answer holds no address".to_owned())?;
        Ok(mapped.addr(answer.transaction_id()))
    }

    /// Asks, and answers the challenge once or, when its nonce was too old, twice. Returns a success response.
    ///
    /// # Errors
    /// Why it did not succeed: the server's error, or silence.
    pub(super) async fn request(
        &mut self,
        method: Method,
        attributes: impl Fn(TransactionId) -> Vec<Box<dyn AttributeWrite>>,
    ) -> Result<Vec<u8>, String> {
        for _ in 0..3 {
            let transaction = TransactionId::generate();
            let packet = self.compose(method, transaction, &attributes(transaction))?;
            let answer = self.exchange(&packet, transaction).await?;
            let message = parse(&answer)?;
            if message.has_class(MessageClass::Success) {
                self.require_integrity(&message)?;
                return Ok(answer);
            }
            let error = message
                .attribute::<ErrorCode>()
                .map_err(|_| "its refusal holds no code".to_owned())?;
            let refusal = format!("it refused: {} {}", error.code(), error.reason());
            let Some(login) = &mut self.login else {
                return Err(refusal);
            };
            let realm = message.attribute::<Realm>();
            let nonce = message.attribute::<Nonce>();
            let fresh = login.challenge.is_none() || error.code() == ErrorCode::STALE_NONCE;
            match (error.code(), realm, nonce) {
                (ErrorCode::UNAUTHORIZED | ErrorCode::STALE_NONCE, Ok(realm), Ok(nonce))
                    if fresh =>
                {
                    let (realm, nonce) = (realm.realm().to_owned(), nonce.nonce().to_owned());
                    login.challenge = Some((realm, nonce));
                }
                _ => return Err(refusal),
            }
        }
        Err("it never accepted its own nonce".to_owned())
    }

    fn compose(
        &self,
        method: Method,
        transaction: TransactionId,
        attributes: &[Box<dyn AttributeWrite>],
    ) -> Result<Vec<u8>, String> {
        let kind = turn_types::stun::message::MessageType::from_class_method(
            MessageClass::Request,
            method,
        );
        let mut message = Message::builder(kind, transaction, MessageWriteVec::new());
        let unwritable = |error| format!("the request cannot be written: {error}");
        for attribute in attributes {
            message
                .add_attribute(attribute.as_ref())
                .map_err(unwritable)?;
        }
        if let Some(login) = &self.login
            && let Some((realm, nonce)) = &login.challenge
        {
            let username = Username::new(&login.username).map_err(unwritable)?;
            message.add_attribute(&username).map_err(unwritable)?;
            let realm = Realm::new(realm).map_err(unwritable)?;
            message.add_attribute(&realm).map_err(unwritable)?;
            let nonce = Nonce::new(nonce).map_err(unwritable)?;
            message.add_attribute(&nonce).map_err(unwritable)?;
        }
        if let Some(credentials) = self.credentials() {
            message
                .add_message_integrity(&credentials, IntegrityAlgorithm::Sha1)
                .map_err(unwritable)?;
        }
        Ok(message.finish())
    }

    fn credentials(&self) -> Option<MessageIntegrityCredentials> {
        let login = self.login.as_ref()?;
        let (realm, _) = login.challenge.as_ref()?;
        let (username, password) = (login.username.clone(), login.password.clone());
        Some(LongTermKeyCredentials::new(username, password, realm.clone()).into())
    }

    fn require_integrity(&self, message: &Message<'_>) -> Result<(), String> {
        match self.credentials() {
            Some(credentials) => message
                .validate_integrity(&credentials)
                .map(drop)
                .map_err(|_| "its answer is not proved to be its own".to_owned()),
            None => Ok(()),
        }
    }

    /// Sends a request, again when nothing comes back, and waits for its answer.
    ///
    /// # Errors
    /// The network's, or silence.
    pub(super) async fn exchange(
        &mut self,
        packet: &[u8],
        transaction: TransactionId,
    ) -> Result<Vec<u8>, String> {
        match &self.wire {
            Wire::Stream(_) => {
                self.send(packet).await.map_err(|error| error.to_string())?;
                let answer = in_time(async { self.answer(transaction).await });
                answer.await.map_err(|error| error.to_string())
            }
            Wire::Datagrams(_) => {
                let mut wait = RETRANSMISSION;
                let mut waited = Duration::ZERO;
                while waited < DEADLINE {
                    self.send(packet).await.map_err(|error| error.to_string())?;
                    match timeout(wait, self.answer(transaction)).await {
                        Ok(answer) => return answer.map_err(|error| error.to_string()),
                        Err(_) => waited += wait,
                    }
                    wait *= 2;
                }
                Err("nothing came back within 5 s".to_owned())
            }
        }
    }

    async fn answer(&mut self, transaction: TransactionId) -> io::Result<Vec<u8>> {
        loop {
            let packet = self.receive().await?;
            if let Ok(message) = Message::from_bytes(&packet)
                && message.is_response()
                && message.transaction_id() == transaction
            {
                return Ok(packet);
            }
        }
    }

    /// Sends a packet: a STUN message, or ChannelData padded to four bytes.
    ///
    /// # Errors
    /// The network's.
    pub(super) async fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        match &mut self.wire {
            Wire::Datagrams(socket) => in_time(socket.send(packet)).await.map(drop),
            Wire::Stream(stream) => {
                in_time(async {
                    stream.write_all(packet).await?;
                    stream.flush().await
                })
                .await
            }
        }
    }

    /// Waits for the next packet, whatever it is.
    ///
    /// # Errors
    /// The network's.
    pub(super) async fn receive(&mut self) -> io::Result<Vec<u8>> {
        match &mut self.wire {
            Wire::Datagrams(socket) => {
                let mut packet = vec![0; PACKET];
                let length = socket.recv(&mut packet).await?;
                packet.truncate(length);
                Ok(packet)
            }
            Wire::Stream(stream) => {
                let mut packet = vec![0; 4];
                stream.read_exact(&mut packet).await?;
                let length = usize::from(u16::from_be_bytes([packet[2], packet[3]]));
                // RFC 8656 section 12.5: on streams ChannelData is padded to a multiple of four.
                let rest = if packet[0] < 0x40 {
                    HEADER - 4 + length
                } else {
                    length.next_multiple_of(4)
                };
                packet.resize(4 + rest, 0);
                stream.read_exact(&mut packet[4..]).await?;
                Ok(packet)
            }
        }
    }
}

/// Reads a message.
///
/// # Errors
/// When it is not one.
pub(super) fn parse(packet: &[u8]) -> Result<Message<'_>, String> {
    Message::from_bytes(packet).map_err(|error| format!("its answer cannot be read: {error}"))
}
