//! What the browser's callbacks report, and the bounded channel it goes through.
//!
//! Invariant: a callback never waits and never acts. When the channel is full the report is lost and
//! [`Reporter::take_overflow`] says so; the engine then gives up its socket, and the snapshot of the next `welcome`
//! repairs what was missed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::channel::mpsc;

use crate::protocol::CloseCode;
use crate::room::{DeviceKind, PathId, PeerEvent};

/// At most so many reports wait for the engine; it takes them all before the browser's next task.
const REPORTS_WAITING: usize = 4096;

/// One report of the browser.
pub(super) enum Report {
    /// The WebSocket with this number has something.
    Socket(u32, SocketReport),
    /// The wait before the next attempt to connect is over.
    ConnectDue,
    /// The network came back or changed.
    NetworkChanged,
    /// The network went, or the page was frozen.
    SocketDoubted,
    /// The page is being closed, reloaded or left.
    PageHidden,
    /// The page came into sight or went out of it.
    PageShown,
    /// The user touched the page: sound may start now.
    Gesture,
    /// The connection of a path reports.
    Path {
        /// The path it is about.
        path: PathId,
        /// Paths are connected anew now and then: what an earlier connection reports is void.
        generation: u32,
        /// The browser reports this.
        event: PeerEvent,
    },
    /// A program in the page wants to send this (JSON).
    ApplicationRequest(String),
    /// Devices came or went.
    DevicesChanged,
    /// Tracks that were replaced are sent no more.
    TracksReplaced,
    /// The track of this capture ended by itself.
    TrackEnded(DeviceKind, u32),
    /// The track of this capture of the screen ended by itself.
    ScreenEnded(u32),
}

/// What a WebSocket reports.
pub(super) enum SocketReport {
    /// The socket is open.
    Opened,
    /// A text frame came.
    Text(String),
    /// It is closed, or could not be opened in time.
    Closed(CloseCode),
}

/// The callbacks' end of the channel. Cheap to clone; all clones share one place in it.
#[derive(Clone)]
pub(super) struct Reporter(Rc<SharedChannel>);

/// All clones share this.
struct SharedChannel {
    /// Reports go in here.
    sender: RefCell<mpsc::Sender<Report>>,
    /// Reports were lost because nobody took them in time.
    overflow: Cell<bool>,
}

impl Reporter {
    /// The channel.
    pub(super) fn new() -> (Self, mpsc::Receiver<Report>) {
        let (sender, receiver) = mpsc::channel(REPORTS_WAITING);
        let shared = SharedChannel {
            sender: RefCell::new(sender),
            overflow: Cell::new(false),
        };
        (Self(Rc::new(shared)), receiver)
    }

    /// Hands a report to the engine.
    pub(super) fn report(&self, report: Report) {
        let full = match self.0.sender.try_borrow_mut() {
            Ok(mut sender) => sender.try_send(report).is_err_and(|error| error.is_full()),
            Err(_) => true,
        };
        if full {
            self.0.overflow.set(true);
        }
    }

    /// Whether reports were lost since this was last asked.
    pub(super) fn take_overflow(&self) -> bool {
        self.0.overflow.replace(false)
    }
}
