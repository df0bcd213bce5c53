//! The data channels of a connection: agreed on with the description, closed, and opened anew where the SFU is at the other end.

use str0m::channel::ChannelId;

use super::agent::{Agent, AgentOutput};
use super::library::config;
use super::report::{ChannelNews, ConnectionNews};
use crate::room::messaging::channel::{Channel, Frame, Reliability};

impl Agent {
    /// What the library calls a data channel, once both sides have it.
    pub(super) fn channel_id(&mut self, channel: Channel) -> Option<ChannelId> {
        self.channels.get(channel)?.id
    }

    /// Sends a frame on a data channel; if that is not open, it is dropped. When more waits than may wait, what may get lost
    /// does, and a connection with anything else is given up.
    pub(super) fn transmit(&mut self, channel: Channel, frame: &Frame) {
        let id = self.channel_id(channel);
        let Some(mut open) = id.and_then(|id| self.rtc.channel(id)) else {
            return;
        };
        let sent = match frame {
            Frame::Text(text) => open.write(false, text.as_bytes()),
            Frame::Bytes(bytes) => open.write(true, bytes),
        };
        if matches!(sent, Ok(false)) && channel.reliability() == Reliability::ReliableOrdered {
            self.end_unless(false);
        }
        self.drain();
    }

    /// Closes a data channel for good.
    pub(super) fn close_channel(&mut self, channel: Channel) {
        if let Some(id) = self.channel_id(channel) {
            self.rtc.direct_api().close_data_channel(id);
            self.drain();
        }
    }

    /// Opens a data channel anew, once the one before is closed; it is closed if it was not.
    pub(super) fn reopen_channel(&mut self, channel: Channel) {
        let Some(known) = self.channels.get(channel) else {
            return;
        };
        known.is_replaced = true;
        match known.id {
            Some(id) => self.rtc.direct_api().close_data_channel(id),
            None => {
                self.replace(channel);
            }
        }
        self.drain();
    }

    /// Puts a new channel in the place of one that is closed, if one is wanted; says whether it was.
    fn replace(&mut self, channel: Channel) -> bool {
        let Some(known) = self.channels.get(channel) else {
            return false;
        };
        let is_wanted = std::mem::take(&mut known.is_replaced);
        if is_wanted {
            // The library waits until the other side has closed the one before, too.
            known.id = Some(self.rtc.direct_api().create_data_channel(config(channel)));
        }
        is_wanted
    }

    pub(super) fn channel_opened(&mut self, id: ChannelId) {
        if let Some(channel) = self.channels.known_as(id) {
            self.tell_of_channel(channel, ChannelNews::Opened);
        }
    }

    pub(super) fn channel_closed(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.known_as(id) else {
            return;
        };
        if let Some(known) = self.channels.get(channel) {
            known.id = None;
        }
        if !self.replace(channel) {
            self.tell_of_channel(channel, ChannelNews::Closed);
        }
    }

    pub(super) fn channel_brought(&mut self, id: ChannelId, is_binary: bool, data: Vec<u8>) {
        let Some(channel) = self.channels.known_as(id) else {
            return;
        };
        let frame = if is_binary {
            Frame::Bytes(data)
        } else {
            Frame::Text(
                String::from_utf8(data)
                    .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
            )
        };
        self.tell_of_channel(channel, ChannelNews::Frame(frame));
    }

    fn tell_of_channel(&mut self, channel: Channel, what: ChannelNews) {
        let news = ConnectionNews::Channel(channel, what);
        self.outputs.push_back(AgentOutput::News(news));
    }
}
