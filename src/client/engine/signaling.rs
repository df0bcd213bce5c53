//! The way to the server: one socket at a time, and the goodbye that needs none.
//!
//! Invariant: sockets are numbered, and what one reported before it was given up is void.

use super::page::Page;
use crate::client::browser::timer::Timeout;
use crate::client::report::Report;
use crate::client::socket::Socket;
use crate::protocol::{ClientMessage, ResumeToken, RoomName};

/// A goodbye without a socket goes to this path.
const LEAVE: &str = "/api/leave";

/// The socket, and the wait before the next one.
pub(super) struct Signaling {
    /// The socket reports to the page.
    page: Page,
    /// The socket is open or opening; `None` while there is none.
    socket: Option<Socket>,
    /// The socket there is has this number, or the next one will.
    number: u32,
    /// The next socket is due when this ends; `None` while nobody waits for it.
    delay: Option<Timeout>,
}

impl Signaling {
    /// Not connected yet.
    pub(super) fn new(page: Page) -> Self {
        Self {
            page,
            socket: None,
            number: 0,
            delay: None,
        }
    }

    /// Opens a new socket in place of any other.
    pub(super) fn connect(&mut self) {
        self.disconnect();
        self.socket = Socket::open(&self.page.window, self.number, &self.page.reporter);
    }

    /// Gives up any socket, and reports when it is time for the next.
    pub(super) fn connect_after(&mut self, ms: u64) {
        self.disconnect();
        let reporter = self.page.reporter.clone();
        self.delay = Some(Timeout::new(&self.page.window, ms, move || {
            reporter.report(Report::ConnectDue);
        }));
    }

    /// Closes the socket there is; what it reported before and was not taken yet is void.
    pub(super) fn disconnect(&mut self) {
        self.delay = None;
        self.socket = None;
        self.number = self.number.wrapping_add(1);
    }

    /// Whether there is a socket, open or not.
    pub(super) fn has_socket(&self) -> bool {
        self.socket.is_some()
    }

    /// Whether a report of the socket with this number still counts.
    pub(super) fn is_current(&self, number: u32) -> bool {
        self.number == number
    }

    /// The socket is closed, as it reported itself.
    pub(super) fn socket_closed(&mut self) {
        self.socket = None;
    }

    /// Gives a seat up by a request that the browser sends also when the page goes. Whether it arrived is not told.
    pub(super) fn give_up_seat(&self, room: &RoomName, resume: &ResumeToken) {
        let form = ["room=", room.as_str(), "&resume=", resume.as_str()].concat();
        let navigator = self.page.window.navigator();
        drop(navigator.send_beacon_with_opt_str(LEAVE, Some(&form)));
    }

    /// Sends a message if the socket is open; otherwise it is lost.
    pub(super) fn send(&self, message: &ClientMessage) {
        if let Some(socket) = &self.socket {
            socket.send(message);
        }
    }
}
