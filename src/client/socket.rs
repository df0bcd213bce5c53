//! The WebSocket to the server the page came from.
//!
//! Invariant: a socket that was replaced or dropped reports nothing any more; every report carries its number.

use web_sys::{CloseEvent, Event, MessageEvent, WebSocket, Window};

use super::browser::listener::Listener;
use super::browser::timer::Timeout;
use super::report::{Report, Reporter, SocketReport};
use crate::protocol::{ClientMessage, CloseCode};

/// Opening may take this long, in ms; a lost SYN would otherwise hold us up for a minute.
const OPENING_MS: u64 = 8_000;

/// A socket that ends without a close frame ends with this code (RFC 6455 section 7.4.1).
const ABNORMAL: CloseCode = CloseCode::Other(1006);

/// One WebSocket. Dropping it closes it, after what was sent has left.
pub(super) struct Socket {
    /// The browser holds this.
    socket: WebSocket,
    /// The listeners stay as long as the socket.
    _listeners: [Listener; 3],
    /// The socket is given up when this ends and it is not open.
    _opening: Timeout,
}

impl Socket {
    /// Opens the socket with this number; everything after is reported.
    pub(super) fn open(window: &Window, number: u32, reporter: &Reporter) -> Option<Self> {
        let report = {
            let reporter = reporter.clone();
            move |report| reporter.report(Report::Socket(number, report))
        };
        let opened = address(window).and_then(|address| WebSocket::new(&address).ok());
        let Some(socket) = opened else {
            report(SocketReport::Closed(ABNORMAL));
            return None;
        };
        let listeners = [
            Listener::new(&socket, "open", {
                let report = report.clone();
                move |_: Event| report(SocketReport::Opened)
            }),
            Listener::new(&socket, "message", {
                let report = report.clone();
                move |message: MessageEvent| {
                    if let Some(text) = message.data().as_string() {
                        report(SocketReport::Text(text));
                    }
                }
            }),
            Listener::new(&socket, "close", {
                let report = report.clone();
                move |close: CloseEvent| {
                    report(SocketReport::Closed(CloseCode::from(close.code())));
                }
            }),
        ];
        let opening = Timeout::new(window, OPENING_MS, {
            let socket = socket.clone();
            move || {
                if socket.ready_state() == WebSocket::CONNECTING {
                    report(SocketReport::Closed(ABNORMAL));
                }
            }
        });
        Some(Self {
            socket,
            _listeners: listeners,
            _opening: opening,
        })
    }

    /// Sends a message if the socket is open; otherwise it is lost, which the next `welcome` repairs.
    pub(super) fn send(&self, message: &ClientMessage) {
        if self.socket.ready_state() != WebSocket::OPEN {
            return;
        }
        if let Ok(json) = serde_json::to_string(message) {
            drop(self.socket.send_with_str(&json));
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        drop(self.socket.close_with_code(1000));
    }
}

fn address(window: &Window) -> Option<String> {
    let location = window.location();
    let scheme = match location.protocol().ok()?.as_str() {
        "https:" => "wss:",
        _ => "ws:",
    };
    Some(format!("{scheme}//{}/ws", location.host().ok()?))
}
