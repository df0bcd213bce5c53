//! The data channels of a session: opened on its section for data, written to as far as the line takes it, closed, and opened
//! anew.
//!
//! Responsible for what the library and the client have of them; who gets what is decided in [`super::passing_messages`].
//! Invariant: nothing is written on a channel that the client may not have. Those of its first offer it has; one that was closed
//! it has again when it says something there.

use str0m::channel::{ChannelConfig, ChannelData, ChannelId, Reliability};
use str0m::{Event, Rtc};

use super::channel_queue::{ChannelQueue, Frame};
use super::channels::Channel;

/// So many bytes are written ahead of what the client has acknowledged, so that what is in a hurry does not wait behind them.
const AHEAD: usize = 32 * 1024;

/// A message of so many bytes is taken when nothing else is under way: any that a person may send.
const WHOLE: usize = 128 * 1024;

/// So many channels of a session are opened anew as soon as they are closed, until [`SessionChannels::look_after`] is called:
/// whoever closes them faster waits for it.
const AT_ONCE: u8 = 3;

/// What a session has to say of its data channels.
#[derive(Debug)]
pub(super) enum ChannelNews {
    /// The client has this channel.
    Opened(Channel),
    /// The client said something.
    Message(ChannelMessage),
    /// The channel was closed, by either side. What was not sent is lost.
    Closed(Channel),
}

/// A whole message from a client.
#[derive(Debug)]
pub(super) struct ChannelMessage {
    /// It came on this channel.
    pub(super) channel: Channel,
    /// It is the first since the channel was closed: the client has opened it anew.
    pub(super) is_first: bool,
    /// It is binary; otherwise it is text.
    pub(super) is_binary: bool,
    /// Its routing line and its payload, as they came.
    pub(super) bytes: Vec<u8>,
}

/// How far a channel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The library does not have it.
    Absent,
    /// The library opens it, for a client that has it.
    Opening(ChannelId),
    /// The library opens it, or has opened it, after it was closed: it is not known whether the client has it.
    Anew(ChannelId),
    /// Both sides have it.
    Open(ChannelId),
    /// The library closes it.
    Closing(ChannelId),
}

impl State {
    fn id(self) -> Option<ChannelId> {
        match self {
            Self::Absent => None,
            Self::Opening(id) | Self::Anew(id) | Self::Open(id) | Self::Closing(id) => Some(id),
        }
    }
}

/// The data channels of a session.
#[derive(Debug)]
pub(super) struct SessionChannels {
    /// One for each, in the order of [`Channel::ALL`].
    states: [State; 3],
    /// The description has a section for them.
    is_agreed: bool,
    /// So many more are opened anew as soon as they are closed.
    at_once: u8,
}

impl Default for SessionChannels {
    fn default() -> Self {
        Self {
            states: [State::Absent; 3],
            is_agreed: false,
            at_once: AT_ONCE,
        }
    }
}

impl SessionChannels {
    /// Opens the channels for a client whose offer, which was just taken, has a section for data. Those that are there stay.
    pub(super) fn open(&mut self, library: &mut Rtc) {
        if !std::mem::replace(&mut self.is_agreed, true) {
            for channel in Channel::ALL {
                let id = library.direct_api().create_data_channel(config(channel));
                self.states[channel.index()] = State::Opening(id);
            }
        }
    }

    /// Opens those anew that were closed too often to do it at once. Says whether there were any.
    pub(super) fn look_after(&mut self, library: &mut Rtc) -> bool {
        self.at_once = AT_ONCE;
        if !self.is_agreed {
            return false;
        }
        let closed = Channel::ALL.into_iter();
        let closed: Vec<_> = closed
            .filter(|it| self.state(*it) == State::Absent)
            .collect();
        for channel in &closed {
            self.open_anew(*channel, library);
        }
        !closed.is_empty()
    }

    /// Hears what happens in the library, if it is about channels.
    pub(super) fn hear(&mut self, event: Event, library: &mut Rtc) -> Option<ChannelNews> {
        match event {
            Event::ChannelOpen(id, _) => self.opened(id, library),
            Event::ChannelData(data) => self.said(data),
            Event::ChannelClose(id) => self.closed(id, library),
            _ => None,
        }
    }

    fn opened(&mut self, id: ChannelId, library: &mut Rtc) -> Option<ChannelNews> {
        let Some(channel) = self.channel(id) else {
            // It may have the number of one of ours, which the library would never cease to wait for.
            library.direct_api().close_data_channel(id);
            return None;
        };
        if self.state(channel) != State::Opening(id) {
            return None;
        }
        self.states[channel.index()] = State::Open(id);
        Some(ChannelNews::Opened(channel))
    }

    fn said(&mut self, data: ChannelData) -> Option<ChannelNews> {
        let channel = self.channel(data.id)?;
        let is_first = match self.state(channel) {
            State::Open(_) => false,
            State::Opening(_) | State::Anew(_) => true,
            // Who is cut off is heard no more, and who is too slow says it again.
            State::Closing(_) | State::Absent => return None,
        };
        self.states[channel.index()] = State::Open(data.id);
        Some(ChannelNews::Message(ChannelMessage {
            channel,
            is_first,
            is_binary: data.binary,
            bytes: data.data,
        }))
    }

    fn closed(&mut self, id: ChannelId, library: &mut Rtc) -> Option<ChannelNews> {
        let channel = self.channel(id)?;
        self.states[channel.index()] = State::Absent;
        if self.at_once > 0 {
            self.at_once -= 1;
            self.open_anew(channel, library);
        }
        Some(ChannelNews::Closed(channel))
    }

    /// Has a channel ready for a client that opens it anew, once the library is done with the old one.
    fn open_anew(&mut self, channel: Channel, library: &mut Rtc) {
        let id = library.direct_api().create_data_channel(config(channel));
        self.states[channel.index()] = State::Anew(id);
    }

    /// Closes a channel.
    pub(super) fn close(&mut self, channel: Channel, library: &mut Rtc) {
        if let State::Open(id) = self.state(channel) {
            self.states[channel.index()] = State::Closing(id);
            library.direct_api().close_data_channel(id);
        }
    }

    /// Writes of what waits as much as the line takes. When a message cannot be written, as one that is larger than the client
    /// says it takes, its channel is closed: what follows it would leave a gap.
    pub(super) fn write(&mut self, queue: &mut ChannelQueue, library: &mut Rtc) {
        while let Some(frame) = queue.next(self.writable(library)) {
            if !self.write_frame(&frame, library) {
                tracing::debug!(channel = ?frame.channel, "a message to a client cannot be written");
                queue.closed(frame.channel);
                self.close(frame.channel, library);
            }
        }
    }

    fn write_frame(&mut self, frame: &Frame, library: &mut Rtc) -> bool {
        let id = self.state(frame.channel).id();
        let open = id.and_then(|id| library.channel(id));
        open.is_some_and(|mut it| matches!(it.write(frame.is_binary, &frame.message), Ok(true)))
    }

    /// The most bytes that the next message may have.
    fn writable(&self, library: &mut Rtc) -> usize {
        let ids = self.states.iter().filter_map(|state| state.id());
        let buffered = ids.filter_map(|id| Some(library.channel(id)?.buffered_amount()));
        match buffered.sum() {
            0 => WHOLE,
            buffered => AHEAD.saturating_sub(buffered),
        }
    }

    fn state(&self, channel: Channel) -> State {
        self.states[channel.index()]
    }

    fn channel(&self, id: ChannelId) -> Option<Channel> {
        let mut all = Channel::ALL.into_iter();
        all.find(|channel| self.state(*channel).id() == Some(id))
    }
}

/// A data channel as the library is told of it.
fn config(channel: Channel) -> ChannelConfig {
    ChannelConfig {
        label: channel.label().to_owned(),
        ordered: channel.is_reliable(),
        reliability: match channel.is_reliable() {
            true => Reliability::Reliable,
            false => Reliability::MaxRetransmits { retransmits: 0 },
        },
        negotiated: Some(channel.stream_id()),
        ..ChannelConfig::default()
    }
}
