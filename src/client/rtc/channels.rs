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
    /// The channels stand here in the order of their kinds.
    channels: Vec<RtcDataChannel>,
    /// The listeners stay as long as the channels.
    listeners: Vec<Listener>,
    /// The reports of the channels' callbacks arrive here.
    reports: mpsc::Receiver<(Channel, ChannelReport)>,
    /// Reports were lost because nobody took them in time.
    overflow: Rc<Cell<bool>>,
}

impl Channels {
    /// Creates them.
    ///
    /// # Errors
    /// The browser's exception, when the connection is closed.
    pub(super) fn open(connection: &Connection) -> Result<Self, JsValue> {
        let (sender, reports) = mpsc::channel(REPORTS_WAITING);
        let overflow = Rc::new(Cell::new(false));
        let reporter = Reporter {
            sender: Rc::new(RefCell::new(sender)),
            overflow: Rc::clone(&overflow),
        };
        let mut channels = Vec::new();
        let mut listeners = Vec::new();
        for channel in Channel::ALL {
            let init = js::dictionary(&ChannelInit::of(channel));
            let opened = connection.create_channel(channel.label(), &init)?;
            opened.set_binary_type(RtcDataChannelType::Arraybuffer);
            if channel == Channel::Files {
                opened.set_buffered_amount_low_threshold(BUFFER_LOW_BYTES);
            }
            listeners.extend(listen(&opened, channel, &reporter));
            channels.push(opened);
        }
        Ok(Self {
            channels,
            listeners,
            reports,
            overflow,
        })
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

    /// What the channels report next. After an overflow nothing but that they are closed.
    pub(super) fn poll_report(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<(Channel, ChannelReport)> {
        if self.overflow.get() {
            self.shut();
            return match self.channels.pop() {
                Some(_) => {
                    let channel = Channel::ALL[self.channels.len()];
                    Poll::Ready((channel, ChannelReport::Closed))
                }
                None => Poll::Pending,
            };
        }
        match self.reports.poll_next_unpin(context) {
            Poll::Ready(Some(report)) => Poll::Ready(report),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }

    fn get(&self, channel: Channel) -> Option<&RtcDataChannel> {
        self.channels.get(usize::from(channel.stream_id()))
    }

    fn shut(&mut self) {
        self.listeners.clear();
        for channel in &self.channels {
            channel.close();
        }
    }
}

impl Drop for Channels {
    fn drop(&mut self) {
        self.shut();
    }
}

/// The callbacks' end of the queue.
#[derive(Clone)]
struct Reporter {
    /// All callbacks send into the same queue.
    sender: Rc<RefCell<mpsc::Sender<(Channel, ChannelReport)>>>,
    /// Reports were lost because nobody took them in time.
    overflow: Rc<Cell<bool>>,
}

impl Reporter {
    fn report(&self, channel: Channel, report: ChannelReport) {
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
            reporter.report(channel, report());
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
            reporter.report(channel, ChannelReport::Frame(frame));
        },
    ));
    listeners
}
