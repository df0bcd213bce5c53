//! The way to the server: one socket at a time, the wait before the next one, and what is still closing.
//!
//! Invariant: what a socket reports that was given up is void.

use std::net::IpAddr;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::network::Network;
use super::options::Options;
use crate::device::socket::goodbye::give_up_seat;
use crate::device::socket::signaling::{Socket, SocketReport};
use crate::protocol::{ClientMessage, ResumeToken};

/// At most so many reports of the socket wait.
const WAITING: usize = 256;

/// The way to the server.
pub(super) struct Signaling {
    /// The socket reports here.
    reports: mpsc::Sender<SocketReport>,
    /// The socket is open or opening; `None` while there is none.
    socket: Option<Socket>,
    /// The socket was reported open.
    is_open: bool,
    /// The socket there is has this number, or the next one will.
    number: u32,
    /// The next socket is due then; `None` while nobody waits for it.
    due: Option<Instant>,
    /// The server is reached from this address of the machine.
    pub(super) local: Option<IpAddr>,
    /// Why the last socket could not be opened.
    pub(super) failure: Option<String>,
    /// These end once everything is said.
    closing: Vec<JoinHandle<()>>,
}

impl Signaling {
    /// Not connected yet; the socket will report to what is returned beside it.
    pub(super) fn new() -> (Self, mpsc::Receiver<SocketReport>) {
        let (reports, taken) = mpsc::channel(WAITING);
        let signaling = Self {
            reports,
            socket: None,
            is_open: false,
            number: 0,
            due: None,
            local: None,
            failure: None,
            closing: Vec::new(),
        };
        (signaling, taken)
    }

    /// Opens a new socket in place of any other.
    pub(super) fn connect(&mut self, options: &Options, network: &dyn Network) {
        self.disconnect();
        if let Some(meter) = &options.meter {
            meter.socket_wanted(Instant::now().into_std());
        }
        let socket = network.socket(options, self.number, self.reports.clone());
        self.socket = Some(socket);
    }

    /// Gives up any socket; [`Self::connect`] is due after a while.
    pub(super) fn connect_after(&mut self, ms: u64) {
        self.disconnect();
        self.due = Some(Instant::now() + Duration::from_millis(ms));
    }

    /// When [`Self::connect`] is due.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Closes the socket there is, once what was said has left.
    pub(super) fn disconnect(&mut self) {
        self.due = None;
        self.is_open = false;
        self.number = self.number.wrapping_add(1);
        self.closing.retain(|closing| !closing.is_finished());
        self.closing.extend(self.socket.take().map(Socket::close));
    }

    /// Whether a report of the socket with this number still counts.
    pub(super) fn is_current(&self, number: u32) -> bool {
        self.number == number
    }

    /// The socket is open.
    pub(super) fn opened(&mut self, local: Option<IpAddr>) {
        self.is_open = true;
        self.local = local.or(self.local);
        self.failure = None;
    }

    /// The socket is closed, as it reported itself.
    pub(super) fn closed(&mut self, reason: Option<String>) {
        self.socket = None;
        self.is_open = false;
        self.failure = reason.or(self.failure.take());
    }

    /// Says something to the server, if the socket is open; otherwise it is lost.
    pub(super) fn send(&self, message: ClientMessage) {
        if let Some(socket) = self.socket.as_ref().filter(|_| self.is_open) {
            socket.send(message);
        }
    }

    /// Gives a seat up by a request of its own, where no open socket has said it.
    pub(super) fn give_up_seat(&mut self, options: &Options, resume: ResumeToken) {
        if self.is_open {
            return;
        }
        let (address, trust) = (options.address.clone(), options.trust);
        self.closing.push(tokio::spawn(async move {
            // There is nobody to tell.
            let _ = give_up_seat(&address, trust, &resume).await;
        }));
    }

    /// So many are still closing, as far as is known.
    #[cfg(test)]
    pub(super) fn closing_count(&self) -> usize {
        self.closing.len()
    }

    /// What is still closing.
    pub(super) fn take_closing(&mut self) -> Vec<JoinHandle<()>> {
        std::mem::take(&mut self.closing)
    }
}
