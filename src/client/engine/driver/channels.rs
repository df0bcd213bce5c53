//! The data channels: what they report, and what is sent on them.

use super::engine::Engine;
use crate::client::rtc::channels::ChannelReport;
use crate::protocol::PeerId;
use crate::room::VisitEvent;
use crate::room::messaging::MessagingEvent;
use crate::room::messaging::channel::{Channel, Frame};

impl Engine {
    /// Takes a report of a person's channel.
    pub(super) fn take_channel_report(
        &mut self,
        peer: PeerId,
        channel: Channel,
        report: ChannelReport,
    ) {
        if self.is_hub(&peer) {
            return self.take_hub_report(channel, report);
        }
        let event = match report {
            ChannelReport::Opened => MessagingEvent::ChannelOpened { peer, channel },
            ChannelReport::Closed => MessagingEvent::ChannelClosed { peer, channel },
            ChannelReport::Frame(frame) => MessagingEvent::Frame {
                peer,
                channel,
                frame,
            },
            ChannelReport::BufferedLow if channel == Channel::Files => self.buffered(peer),
            ChannelReport::BufferedLow => return,
        };
        self.hand(VisitEvent::Messaging(event));
    }

    /// Sends a frame.
    pub(super) fn transmit(&mut self, peer: PeerId, channel: Channel, frame: &Frame) {
        if let Some(connection) = self.connections.get(&peer) {
            connection.transmit(channel, frame);
        }
        if matches!(frame, Frame::Bytes(_)) {
            self.filled.insert(peer);
        }
    }

    /// How full the channel of the next person is that was sent bytes.
    pub(super) fn next_filled(&mut self) -> Option<VisitEvent> {
        let peer = self.filled.pop_first()?;
        Some(if self.is_hub(&peer) {
            VisitEvent::HubChannel(Channel::Files, self.hub_buffered())
        } else {
            VisitEvent::Messaging(self.buffered(peer))
        })
    }

    fn is_hub(&self, peer: &PeerId) -> bool {
        let hub = self.connections.hub();
        hub.is_some_and(|hub| hub.whom() == peer)
    }

    fn buffered(&self, peer: PeerId) -> MessagingEvent {
        let connection = self.connections.get(&peer);
        let bytes = connection.map_or(0, |connection| connection.buffered(Channel::Files));
        MessagingEvent::Buffered { peer, bytes }
    }
}
