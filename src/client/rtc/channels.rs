//! The three data channels of a connection (W3C WebRTC section 6): created on both sides under fixed ids, so that nothing
//! has to be waited for.
//!
//! Invariant: what arrives goes into a bounded queue of this connection alone. When it is full the connection's channels
//! are broken, and nothing else: a flood from one person takes nothing from anybody else.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Context, Poll};

use futures::StreamExt;
use futures::channel::mpsc;
use js_sys::Uint8Array;
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, MessageEvent, RtcDataChannel, RtcDataChannelState, RtcDataChannelType};

use crate::client::browser::js;
use crate::client::browser::js::Connection;
use crate::client::browser::listener::Listener;
use crate::room::messaging::channel::{Channel, Frame, Reliability};
use crate::room::messaging::files::BUFFER_LOW_BYTES;

/// At most so many reports of one connection's channels wait for the engine; it takes them all before the browser's
/// next task.
const REPORTS_WAITING: usize = 1024;

/// What a channel reports.
pub(crate) enum ChannelReport {
    /// The channel is open.
    Opened,
    /// The channel is closed.
    Closed,
    /// A frame arrived.
    Frame(Frame),
    /// So little waits to be sent that more may follow.
    BufferedLow,
}

/// `RTCDataChannelInit` (W3C WebRTC section 6.2.1).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChannelInit {
    /// Both sides create the channel under the same id, without a word about it.
    negotiated: bool,
    /// The channel has this id on the connection.
    id: u16,
    /// Frames arrive in the order in which they were sent.
    ordered: bool,
    /// A frame that was lost is sent again so often; `None` means until it arrives.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_retransmits: Option<u16>,
}

impl ChannelInit {
    fn of(channel: Channel) -> Self {
        let reliable = channel.reliability() == Reliability::ReliableOrdered;
        Self {
            negotiated: true,
            id: channel.stream_id(),
            ordered: reliable,
            max_retransmits: (!reliable).then_some(0),
        }
    }
}

/// The channels of one connection. Closed when dropped.
pub(super) struct Channels {
    /// Channels are created on this connection.
    connection: Connection,
    /// The channels stand here in the order of their kinds.
    channels: Vec<LiveChannel>,
    /// The channels' callbacks report here.
    reporter: Reporter,
    /// Their reports arrive here.
    reports: mpsc::Receiver<Reported>,
}

/// A channel, open or not.
struct LiveChannel {
    /// The browser holds this.
    channel: RtcDataChannel,
    /// The listeners stay as long as the channel.
    listeners: Vec<Listener>,
}

/// What a callback reports of a channel; `None` is that it is closed and makes way for a new one.
type Reported = (Channel, Option<ChannelReport>);

impl Channels {
    /// Creates them.
    ///
    /// # Errors
    /// The browser's exception, when the connection is closed.
    pub(super) fn open(connection: &Connection) -> Result<Self, JsValue> {
        let (reporter, reports) = Reporter::new();
        let mut channels = Vec::new();
        for channel in Channel::ALL {
            channels.push(LiveChannel::create(connection, channel, &reporter)?);
        }
        Ok(Self {
            connection: connection.clone(),
            channels,
            reporter,
            reports,
        })
    }

    /// Creates a channel anew under its id, once the one before is closed on this side; it is closed if it was not. The new one
    /// reports as the first one did. One that cannot be created reports nothing: the connection is closed.
    pub(super) fn reopen(&mut self, channel: Channel) {
        let reporter = self.reporter.clone();
        let Some(old) = self.channels.get_mut(usize::from(channel.stream_id())) else {
            return;
        };
        if old.channel.ready_state() == RtcDataChannelState::Closed {
            self.replace(channel);
            return;
        }
        old.channel.close();
        old.listeners = vec![Listener::new(&old.channel, "close", move |_: Event| {
            reporter.report(channel, None);
        })];
    }

    /// Puts a new channel in the place of one that is closed.
    fn replace(&mut self, channel: Channel) {
        if let Some(old) = self.channels.get_mut(usize::from(channel.stream_id()))
            && old.channel.ready_state() == RtcDataChannelState::Closed
            && let Ok(new) = LiveChannel::create(&self.connection, channel, &self.reporter)
        {
            *old = new;
        }
    }

    /// Sends a frame; without an open channel it is dropped.
    pub(super) fn send(&self, channel: Channel, frame: &Frame) {
        let Some(channel) = self.get(channel) else {
            return;
        };
        if channel.ready_state() != RtcDataChannelState::Open {
            return;
        }
        // Fails when the browser's own buffer is full, which the models stay far below.
        drop(match frame {
            Frame::Text(text) => channel.send_with_str(text),
            Frame::Bytes(bytes) => channel.send_with_u8_array(bytes),
        });
    }

    /// `bufferedAmount`, in bytes.
    pub(super) fn buffered(&self, channel: Channel) -> u64 {
        self.get(channel)
            .map_or(0, |channel| channel.buffered_amount().into())
    }

    /// Closes one of them for good.
    pub(super) fn close(&self, channel: Channel) {
        if let Some(channel) = self.get(channel) {
            channel.close();
        }
    }

    /// What the channels report next. After an overflow all are closed, and what they reported before is lost.
    pub(super) fn poll_report(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<(Channel, ChannelReport)> {
        if self.reporter.overflow.get() {
            self.shut();
            (self.reporter, self.reports) = Reporter::new();
            for channel in Channel::ALL {
                self.reporter.report(channel, Some(ChannelReport::Closed));
            }
        }
        loop {
            match self.reports.poll_next_unpin(context) {
                Poll::Ready(Some((channel, Some(report)))) => {
                    return Poll::Ready((channel, report));
                }
                Poll::Ready(Some((channel, None))) => self.replace(channel),
                Poll::Ready(None) | Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn get(&self, channel: Channel) -> Option<&RtcDataChannel> {
        let live = self.channels.get(usize::from(channel.stream_id()))?;
        Some(&live.channel)
    }

    fn shut(&mut self) {
        for live in &mut self.channels {
            live.listeners.clear();
            live.channel.close();
        }
    }
}

impl Drop for Channels {
    fn drop(&mut self) {
        self.shut();
    }
}

impl LiveChannel {
    /// Creates a channel whose callbacks report.
    ///
    /// # Errors
    /// The browser's exception, when the connection is closed or has such a channel.
    fn create(
        connection: &Connection,
        channel: Channel,
        reporter: &Reporter,
    ) -> Result<Self, JsValue> {
        let init = js::dictionary(&ChannelInit::of(channel));
        let opened = connection.create_channel(channel.label(), &init)?;
        opened.set_binary_type(RtcDataChannelType::Arraybuffer);
        if channel == Channel::Files {
            opened.set_buffered_amount_low_threshold(BUFFER_LOW_BYTES);
        }
        Ok(Self {
            listeners: listen(&opened, channel, reporter),
            channel: opened,
        })
    }
}

/// The callbacks' end of the queue. Cheap to clone.
#[derive(Clone)]
struct Reporter {
    /// All callbacks send into the same queue.
    sender: Rc<RefCell<mpsc::Sender<Reported>>>,
    /// Reports were lost because nobody took them in time.
    overflow: Rc<Cell<bool>>,
}

impl Reporter {
    /// The queue.
    fn new() -> (Self, mpsc::Receiver<Reported>) {
        let (sender, reports) = mpsc::channel(REPORTS_WAITING);
        let reporter = Self {
            sender: Rc::new(RefCell::new(sender)),
            overflow: Rc::new(Cell::new(false)),
        };
        (reporter, reports)
    }

    fn report(&self, channel: Channel, report: Option<ChannelReport>) {
        let sent = self
            .sender
            .try_borrow_mut()
            .is_ok_and(|mut sender| sender.try_send((channel, report)).is_ok());
        if !sent {
            self.overflow.set(true);
        }
    }
}

fn listen(target: &RtcDataChannel, channel: Channel, reporter: &Reporter) -> Vec<Listener> {
    let plain = |event_type, report: fn() -> ChannelReport| {
        let reporter = reporter.clone();
        Listener::new(target, event_type, move |_: Event| {
            reporter.report(channel, Some(report()));
        })
    };
    let mut listeners = vec![
        plain("open", || ChannelReport::Opened),
        plain("close", || ChannelReport::Closed),
        plain("bufferedamountlow", || ChannelReport::BufferedLow),
    ];
    let reporter = reporter.clone();
    listeners.push(Listener::new(
        target,
        "message",
        move |event: MessageEvent| {
            let data = event.data();
            let frame = match data.as_string() {
                Some(text) => Frame::Text(text),
                None => Frame::Bytes(Uint8Array::new(data.unchecked_ref()).to_vec()),
            };
            reporter.report(channel, Some(ChannelReport::Frame(frame)));
        },
    ));
    listeners
}
