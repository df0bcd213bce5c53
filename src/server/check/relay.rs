//! Real data through a TURN server (RFC 8656): between two allocations a packet each way, or a question to a peer and its answer.
//!
//! Invariant: what was allocated is given back.

use std::net::SocketAddr;

use turn_types::attribute::{
    Data, Lifetime, RequestedTransport, XorPeerAddress, XorRelayedAddress,
};
use turn_types::message::{ALLOCATE, CREATE_PERMISSION, DATA, REFRESH, SEND};
use turn_types::stun::attribute::AttributeWrite;
use turn_types::stun::message::{
    Message, MessageClass, MessageType, MessageWrite, MessageWriteExt, MessageWriteVec,
    TransactionId,
};

use super::stun::{Conversation, parse};
use crate::device::socket::dial::in_time;

/// This is relayed.
const PROBE: &[u8] = b"visavis check";

/// The packet is sent so many times before the relay counts as silent: datagrams may be lost.
const ATTEMPTS: usize = 3;

/// An allocation of the server's.
struct Allocation {
    /// The allocation lives in this conversation with the server.
    conversation: Conversation,
    /// The relay has this address for others.
    relayed: SocketAddr,
}

/// Relays a packet each way between two allocations; returns the first's address on the relay.
///
/// # Errors
/// The step that failed, and why.
pub(super) async fn relay(one: Conversation, other: Conversation) -> Result<SocketAddr, String> {
    let mut one = Allocation::make(one).await?;
    let mut other = Allocation::make(other).await?;
    let relayed = one.relayed;
    let mut result = one.permit(other.relayed).await;
    if result.is_ok() {
        result = other.permit(one.relayed).await;
    }
    if result.is_ok() {
        result = pass(&mut one, &mut other).await;
    }
    if result.is_ok() {
        result = pass(&mut other, &mut one).await;
    }
    one.give_back().await;
    other.give_back().await;
    result.map(|()| relayed)
}

async fn pass(from: &mut Allocation, to: &mut Allocation) -> Result<(), String> {
    for _ in 0..ATTEMPTS {
        from.send(to.relayed, PROBE).await?;
        if let Ok(()) = to.receive(|data| data == PROBE).await {
            return Ok(());
        }
    }
    Err("it made a relay, and no data came through".to_owned())
}

/// Asks a peer something through a relay, until what comes back is an answer.
///
/// # Errors
/// The step that failed, and why.
pub(super) async fn ask(
    conversation: Conversation,
    peer: SocketAddr,
    question: &[u8],
    is_answer: impl Fn(&[u8]) -> bool,
) -> Result<(), String> {
    let mut allocation = Allocation::make(conversation).await?;
    let mut result = allocation.permit(peer).await;
    for _ in 0..ATTEMPTS {
        if result.is_err() {
            break;
        }
        result = allocation.send(peer, question).await;
        if result.is_ok() && allocation.receive(&is_answer).await.is_ok() {
            allocation.give_back().await;
            return Ok(());
        }
    }
    allocation.give_back().await;
    result.and(Err("no data came through".to_owned()))
}

impl Allocation {
    async fn make(mut conversation: Conversation) -> Result<Self, String> {
        let answer = conversation
            .request(ALLOCATE, |_| {
                vec![boxed(RequestedTransport::new(RequestedTransport::UDP))]
            })
            .await?;
        let answer = parse(&answer)?;
        let relayed = answer
            .attribute::<XorRelayedAddress>()
            .map_err(|_| "its answer holds no relayed address".to_owned())?
            .addr(answer.transaction_id());
        Ok(Self {
            conversation,
            relayed,
        })
    }

    async fn permit(&mut self, peer: SocketAddr) -> Result<(), String> {
        let permitted = self.conversation.request(CREATE_PERMISSION, |transaction| {
            vec![boxed(XorPeerAddress::new(peer, transaction))]
        });
        permitted.await.map(drop)
    }

    async fn send(&mut self, peer: SocketAddr, data: &[u8]) -> Result<(), String> {
        let kind = MessageType::from_class_method(MessageClass::Indication, SEND);
        let transaction = TransactionId::generate();
        let mut message = Message::builder(kind, transaction, MessageWriteVec::new());
        let unwritable = |error| format!("the packet cannot be written: {error}");
        let peer = XorPeerAddress::new(peer, transaction);
        message.add_attribute(&peer).map_err(unwritable)?;
        message
            .add_attribute(&Data::new(data))
            .map_err(unwritable)?;
        let packet = message.finish();
        let sent = self.conversation.send(&packet).await;
        sent.map_err(|error| error.to_string())
    }

    /// Waits for such data.
    async fn receive(&mut self, is_it: impl Fn(&[u8]) -> bool) -> std::io::Result<()> {
        in_time(async {
            loop {
                let packet = self.conversation.receive().await?;
                let Ok(message) = Message::from_bytes(&packet) else {
                    continue;
                };
                if message.has_method(DATA)
                    && message
                        .attribute::<Data>()
                        .is_ok_and(|data| is_it(data.data()))
                {
                    return Ok(());
                }
            }
        })
        .await
    }

    async fn give_back(mut self) {
        let refresh = self
            .conversation
            .request(REFRESH, |_| vec![boxed(Lifetime::new(0))]);
        let _ = refresh.await;
    }
}

fn boxed(attribute: impl AttributeWrite + 'static) -> Box<dyn AttributeWrite> {
    Box::new(attribute)
}
