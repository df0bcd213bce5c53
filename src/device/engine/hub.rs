//! The connection to the SFU: what its channels report, what it is asked for, and what comes in all sections.

use std::time::Instant;

use super::driver::Engine;
use crate::device::connection::report::{ChannelNews, ConnectionOrder};
use crate::room::messaging::channel::Channel;
use crate::room::{HubChannelEvent, PathId, VisitEvent};

impl Engine {
    /// Whether the connection of a path is the one to the SFU.
    pub(super) fn is_hub(&self, path: PathId) -> bool {
        let connection = self.connections.get(&path);
        connection.is_some_and(|connection| connection.is_of_hub())
    }

    /// Asks the connection to the SFU for something, if there is one.
    pub(super) fn order_to_hub(&mut self, order: ConnectionOrder) {
        let mut all = self.connections.iter();
        let hub = all.find(|(_, connection)| connection.is_of_hub());
        if let Some(path) = hub.map(|(path, _)| *path) {
            self.order(path, order);
        }
    }

    /// Takes a report of a channel to the SFU.
    pub(super) fn take_hub_channel(&mut self, channel: Channel, news: ChannelNews) {
        let event = match news {
            ChannelNews::Opened => HubChannelEvent::Opened,
            ChannelNews::Closed => HubChannelEvent::Closed,
            ChannelNews::Frame(frame) => HubChannelEvent::Frame(frame),
        };
        self.hand(VisitEvent::HubChannel(channel, event));
    }

    /// Looks at what came last in each section of every connection.
    pub(super) fn sample_lines(&mut self) {
        let now = Instant::now();
        let connections = self.connections.iter();
        let samples = connections.flat_map(|(path, connection)| connection.samples(*path, now));
        self.pending
            .push_back(VisitEvent::Sampled(samples.collect()));
    }
}
