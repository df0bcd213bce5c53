//! A relay of our own on a TURN server (RFC 8656).
//!
//! Invariant: nothing goes to a peer before the relay has let it through; a few packets wait for that, the newest of them, and the
//! first of each peer asks for it.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::time::{Sleep, sleep_until};
use turn_client_proto::api::{
    Transmit, TransmitBuild, TurnClientApi, TurnConfig, TurnEvent, TurnPollRet, TurnRecvRet,
};
use turn_client_proto::client::TurnClient;
use turn_client_proto::tcp::TurnClientTcp;
use turn_client_proto::types::prelude::DelayedTransmitBuild;
use turn_client_proto::types::{Instant as TurnInstant, TransportType, TurnCredentials};
use turn_client_proto::udp::TurnClientUdp;

use super::turn_wire::{TurnWire, WireEnds};

/// At most so many packets wait to be let through.
const WAITING: usize = 32;

/// A request is said again after this time at first, and doubles.
const FIRST_REPEAT: Duration = Duration::from_millis(500);

/// A request is said so often, and given up this long after the last time.
const TIMES: u32 = 5;
const LAST_WAIT: Duration = Duration::from_secs(4);

/// The client is asked so often in a row what it wants; one that never has enough is asked again a little later.
const ROUNDS: usize = 64;
const BREATH: Duration = Duration::from_millis(5);

/// The client is asked at least so often.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// One relay, and the conversation about it.
pub(super) struct Relay {
    /// The rules of the conversation.
    client: TurnClient,
    /// The messages travel over this.
    wire: TurnWire,
    /// Between these ends.
    ends: WireEnds,
    /// The relay has this address for others; `None` until it is there.
    address: Option<SocketAddr>,
    /// These packets wait until their peers are let through.
    waiting: VecDeque<(SocketAddr, Vec<u8>)>,
    /// The client's time began then.
    epoch: Instant,
    /// It wants to be asked again at its end.
    timer: Pin<Box<Sleep>>,
}

/// What a relay has to tell.
#[derive(Debug)]
pub(super) enum RelayOutput {
    /// The relay is there, under this address.
    Allocated(SocketAddr),
    /// So many bytes came from a peer; they are at the beginning of the buffer.
    Received(SocketAddr, usize),
    /// The relay is gone, or never was.
    Ended,
}

impl Relay {
    /// Asks for a relay over this wire.
    pub(super) fn ask(wire: TurnWire, ends: WireEnds, username: &str, password: &str) -> Self {
        let mut config = TurnConfig::new(TurnCredentials::new(username, password));
        config.set_request_retransmits(FIRST_REPEAT, Duration::MAX, TIMES, LAST_WAIT);
        let client = match wire {
            TurnWire::Datagrams(_) => {
                TurnClientUdp::allocate(ends.local, ends.remote, config).into()
            }
            TurnWire::Stream { .. } => {
                TurnClientTcp::allocate(ends.local, ends.remote, config).into()
            }
        };
        let epoch = Instant::now();
        Self {
            client,
            wire,
            ends,
            address: None,
            waiting: VecDeque::new(),
            epoch,
            timer: Box::pin(sleep_until(epoch.into())),
        }
    }

    /// The address that the relay has for others, once it is there.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// This side's end of the wire.
    pub(super) fn local(&self) -> SocketAddr {
        self.ends.local
    }

    /// Sends a packet to a peer, as soon as the relay lets it through.
    pub(super) fn send(&mut self, peer: SocketAddr, packet: &[u8]) {
        let now = self.now();
        if self.client.have_permission(TransportType::Udp, peer.ip()) {
            self.pass(peer, packet);
            return;
        }
        // Fails while it was asked for already, or there is no relay any more.
        let _ = self
            .client
            .create_permission(TransportType::Udp, peer.ip(), now);
        if self.waiting.len() == WAITING {
            self.waiting.pop_front();
        }
        self.waiting.push_back((peer, packet.to_vec()));
    }

    /// Gives the relay back; what has to be sent for that leaves at once or not at all.
    pub(super) fn give_back(&mut self, context: &mut Context<'_>) {
        let now = self.now();
        if self.client.delete(now).is_ok() {
            while let Some(message) = self.client.poll_transmit(now) {
                self.wire.send(&message.data);
            }
            let _ = self.wire.poll_flush(context);
        }
    }

    /// What the relay has next; `buffer` takes what peers send.
    pub(super) fn poll(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<RelayOutput> {
        loop {
            if let Some(output) = self.advance(context).or_else(|| self.take_waiting(buffer)) {
                return Poll::Ready(output);
            }
            match self.wire.poll_receive(context, buffer) {
                Poll::Ready(Ok(length)) => {
                    if let Some(output) = self.take(buffer, length) {
                        return Poll::Ready(output);
                    }
                }
                Poll::Ready(Err(error)) if is_passing(&error) => {}
                Poll::Ready(Err(_)) => return Poll::Ready(RelayOutput::Ended),
                Poll::Pending => {
                    // What was taken in may have made something to say.
                    if let Some(output) = self.advance(context) {
                        return Poll::Ready(output);
                    }
                    return Poll::Pending;
                }
            }
        }
    }

    /// Says what there is to say, and sets the timer.
    fn advance(&mut self, context: &mut Context<'_>) -> Option<RelayOutput> {
        for round in 0..=ROUNDS {
            let now = self.now();
            while let Some(message) = self.client.poll_transmit(now) {
                self.wire.send(&message.data);
            }
            while let Some(event) = self.client.poll_event() {
                match event {
                    TurnEvent::AllocationCreated(_, address) => {
                        self.address = Some(address);
                        return Some(RelayOutput::Allocated(address));
                    }
                    TurnEvent::AllocationCreateFailed(_) => return Some(RelayOutput::Ended),
                    TurnEvent::PermissionCreated(_, peer) => self.let_through(peer),
                    TurnEvent::PermissionCreateFailed(_, peer) => {
                        self.waiting.retain(|(waiting, _)| waiting.ip() != peer);
                    }
                    _ => {}
                }
            }
            if self.wire.poll_flush(context).is_err() {
                return Some(RelayOutput::Ended);
            }
            let wait = match self.client.poll(now) {
                TurnPollRet::WaitUntil(wake) => wake.saturating_duration_since(now),
                TurnPollRet::Closed => return Some(RelayOutput::Ended),
                // Only for relays of TCP, which none is asked for.
                TurnPollRet::AllocateTcpSocket { .. } | TurnPollRet::TcpClose { .. } => {
                    Duration::ZERO
                }
            };
            let wait = if round == ROUNDS { BREATH } else { wait };
            if !wait.is_zero() {
                let wake = Instant::now() + wait.min(LONGEST_SLEEP);
                self.timer.as_mut().reset(wake.into());
                if self.timer.as_mut().poll(context).is_pending() {
                    return None;
                }
            }
        }
        None
    }

    /// Takes what came together with what was taken last.
    fn take_waiting(&mut self, buffer: &mut [u8]) -> Option<RelayOutput> {
        let now = self.now();
        let data = self.client.poll_recv(now)?;
        received(buffer, data.peer, data.data())
    }

    /// Takes what came over the wire.
    fn take(&mut self, buffer: &mut [u8], length: usize) -> Option<RelayOutput> {
        let now = self.now();
        let transport = self.client.transport();
        let bytes = buffer.get(..length)?.to_vec();
        let message = Transmit::new(bytes, transport, self.ends.remote, self.ends.local);
        match self.client.recv(message, now) {
            TurnRecvRet::PeerData(data) => received(buffer, data.peer, data.data()),
            _ => None,
        }
    }

    /// Sends what waited for the peers at this address.
    fn let_through(&mut self, address: IpAddr) {
        for (peer, packet) in std::mem::take(&mut self.waiting) {
            if peer.ip() == address {
                self.pass(peer, &packet);
            } else {
                self.waiting.push_back((peer, packet));
            }
        }
    }

    fn pass(&mut self, peer: SocketAddr, packet: &[u8]) {
        let now = self.now();
        if matches!(self.wire, TurnWire::Datagrams(_)) {
            // Fails while there is a channel already, and does no harm.
            let _ = self.client.bind_channel(TransportType::Udp, peer, now);
        }
        let sent = self.client.send_to(TransportType::Udp, peer, packet, now);
        if let Ok(Some(TransmitBuild { data, .. })) = sent {
            let message = data.build();
            self.wire.send(&message);
        }
    }

    fn now(&self) -> TurnInstant {
        let nanos = self.epoch.elapsed().as_nanos();
        TurnInstant::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX))
    }
}

/// Puts what a peer sent into the buffer; what has no room there is lost.
fn received(buffer: &mut [u8], peer: SocketAddr, bytes: &[u8]) -> Option<RelayOutput> {
    buffer.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(RelayOutput::Received(peer, bytes.len()))
}

/// Whether an error of a socket for datagrams is about one datagram and not about the socket.
fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
    )
}
