//! Whether a WebSocket opens, is answered and stays open.
//!
//! Invariant: nothing is joined. The only message is one that the server refuses to whoever has no seat: the refusal is the proof
//! that messages get through both ways.

use futures::StreamExt;
use futures::channel::mpsc;

use super::course::Course;
use super::wait::within;
use crate::client::report::{Report, Reporter, SocketReport};
use crate::client::socket::Socket;
use crate::protocol::ClientMessage;
use crate::room::connection_test::{Figure, Finding, Trouble};

/// The socket may take this long to open, in ms.
const OPENING_MS: u64 = 8_000;

/// The answer may take this long, in ms.
const ANSWER_MS: u64 = 5_000;

/// The socket is watched this long, in ms: less than the server waits for somebody to join.
const WATCHED_MS: u64 = 4_000;

/// Tries one.
pub(super) async fn finding(course: &Course) -> Finding {
    match round_trip(course).await {
        Ok(ms) => Finding::Fine(Figure::RoundTrip(ms)),
        Err(trouble) => Finding::Trouble(trouble),
    }
}

async fn round_trip(course: &Course) -> Result<u32, Trouble> {
    let window = &course.window;
    let (reporter, mut reports) = Reporter::new();
    let socket = Socket::open(window, 0, &reporter).ok_or(Trouble::SocketRefused)?;
    match within(window, OPENING_MS, next(&mut reports)).await {
        Some(Some(SocketReport::Opened)) => {}
        _ => return Err(Trouble::SocketRefused),
    }
    let asked = course.clock.now();
    socket.send(&ClientMessage::Leave);
    match within(window, ANSWER_MS, next(&mut reports)).await {
        Some(Some(SocketReport::Text(_))) => {}
        Some(Some(SocketReport::Closed(_))) => return Err(Trouble::SocketLost),
        _ => return Err(Trouble::SocketSilent),
    }
    let took = course.clock.now().since(asked);
    let lost = async {
        while let Some(report) = next(&mut reports).await {
            if let SocketReport::Closed(_) = report {
                break;
            }
        }
    };
    match within(window, WATCHED_MS, lost).await {
        Some(()) => Err(Trouble::SocketLost),
        None => Ok(u32::try_from(took).unwrap_or(u32::MAX)),
    }
}

async fn next(reports: &mut mpsc::Receiver<Report>) -> Option<SocketReport> {
    match reports.next().await? {
        Report::Socket(_, report) => Some(report),
        _ => None,
    }
}
