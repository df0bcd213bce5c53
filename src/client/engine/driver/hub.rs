//! The connection to the SFU: what its channels report, what is sent over it, and what its slots bring.

use super::engine::Engine;
use crate::client::rtc::channels::ChannelReport;
use crate::protocol::PeerId;
use crate::room::messaging::channel::{Channel, Frame};
use crate::room::{HubChannelEvent, PathId, TrackKind, VisitEvent};

impl Engine {
    /// Takes a report of a channel to the SFU.
    pub(super) fn take_hub_report(&mut self, channel: Channel, report: ChannelReport) {
        let event = match report {
            ChannelReport::Opened => HubChannelEvent::Opened,
            ChannelReport::Closed => HubChannelEvent::Closed,
            ChannelReport::Frame(frame) => HubChannelEvent::Frame(frame),
            ChannelReport::BufferedLow if channel == Channel::Files => self.hub_buffered(),
            ChannelReport::BufferedLow => return,
        };
        self.hand(VisitEvent::HubChannel(channel, event));
    }

    /// How much of files waits to be sent to the SFU.
    pub(super) fn hub_buffered(&self) -> HubChannelEvent {
        let hub = self.connections.hub();
        HubChannelEvent::Buffered(hub.map_or(0, |hub| hub.buffered(Channel::Files)))
    }

    /// Sends a frame to the SFU.
    pub(super) fn transmit_to_hub(&mut self, channel: Channel, frame: &Frame) {
        let Some(hub) = self.connections.hub() else {
            return;
        };
        hub.transmit(channel, frame);
        if matches!(frame, Frame::Bytes(_)) {
            self.filled.insert(hub.whom().clone());
        }
    }

    /// Looks at what each section plays.
    pub(super) fn sample_lines(&mut self) {
        let clock = &self.page.clock;
        let samples = self.connections.sample(clock.wall_ms());
        self.pending.push_back(VisitEvent::Sampled(samples));
    }

    /// The slots of the connection to the SFU carry these.
    pub(super) fn attribute(&mut self, carried: &[(String, PeerId, TrackKind)]) {
        if let Some(path) = self.connections.hub_path() {
            self.lines.attribute(path, carried);
            self.follow_lines();
        }
    }

    /// What somebody sends of this kind is heard or seen over this path.
    pub(super) fn choose(&mut self, peer: PeerId, kind: TrackKind, path: PathId) {
        self.lines.choose(peer, kind, path);
        self.follow_lines();
    }
}
