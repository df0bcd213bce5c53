//! The connections of paths: opened, commanded, closed, and what they report.

use super::driver::Engine;
use crate::device::connection::report::{
    ChannelNews, ConnectionNews, ConnectionOrder, ConnectionReport,
};
use crate::device::connection::task::ConnectionSetup;
use crate::device::lines::event::Event;
use crate::device::words;
use crate::protocol::{IceTransportPolicy, PeerId};
use crate::room::messaging::MessagingEvent;
use crate::room::messaging::channel::Channel;
use crate::room::{
    ConnectionState, Event as CallEvent, PathId, PeerCommand, PeerEvent, Shape, VisitEvent,
};

impl Engine {
    /// Does something with the connection of a path.
    pub(super) fn command_path(&mut self, path: PathId, to: PeerId, command: PeerCommand) {
        match command {
            PeerCommand::Open {
                generation,
                initiator,
                ice_servers,
                shape,
            } => {
                self.close(path);
                let setup = ConnectionSetup {
                    path,
                    generation,
                    whom: to,
                    shape,
                    wish: self.options.media_wish(),
                    meter: self.options.meter.clone(),
                    servers: ice_servers,
                    policy: self.policy(shape),
                    relays: self.options.relays(),
                    trust: self.options.trust,
                    towards_server: self.signaling.local,
                    initiator,
                };
                let reporter = self.connection_reporter.clone();
                let connection = self.network.connection(setup, reporter);
                self.connections.insert(path, connection);
            }
            PeerCommand::Close => self.close(path),
            command => self.order(path, ConnectionOrder::Command(command)),
        }
    }

    /// The candidates that a connection of this shape uses. The server knows the device's address anyway: to the SFU all of them, unless
    /// relays alone are wanted.
    fn policy(&self, shape: Shape) -> IceTransportPolicy {
        match (shape, self.options.relay) {
            (Shape::Mesh, _) => self.ice_transport_policy,
            (Shape::Hub(_), Some(_)) => IceTransportPolicy::Relay,
            (Shape::Hub(_), None) => IceTransportPolicy::All,
        }
    }

    /// Uses these candidates for everyone from the next gathering on, and for connections to come.
    pub(super) fn set_ice_transport_policy(&mut self, policy: IceTransportPolicy) {
        self.ice_transport_policy = policy;
        let people = self.connections.iter().filter(|(_, it)| !it.is_of_hub());
        let paths: Vec<PathId> = people.map(|(path, _)| *path).collect();
        for path in paths {
            self.order(path, ConnectionOrder::SetPolicy(policy));
        }
    }

    /// Asks the connection of a path for something; one that does not take it has failed.
    pub(super) fn order(&mut self, path: PathId, order: ConnectionOrder) {
        let Some(connection) = self.connections.get(&path) else {
            return;
        };
        if connection.order(order).is_err() {
            let generation = connection.generation;
            let event = PeerEvent::Connection(ConnectionState::Closed);
            self.pending.push_back(VisitEvent::Call(CallEvent::Path {
                path,
                generation,
                event,
            }));
        }
    }

    /// Asks the connection to a person for something.
    pub(super) fn order_to(&mut self, peer: &PeerId, order: ConnectionOrder) {
        let mut all = self.connections.iter();
        let path = all.find(|(_, connection)| connection.whom == *peer);
        if let Some(path) = path.map(|(path, _)| *path) {
            self.order(path, order);
        }
    }

    fn close(&mut self, path: PathId) {
        if let Some(connection) = self.connections.remove(&path) {
            self.closing.retain(|closing| !closing.is_finished());
            self.closing.push(connection.close());
        }
    }

    /// Takes what a connection reports; one that was replaced says nothing any more.
    pub(super) fn take_connection_report(&mut self, report: ConnectionReport) {
        let ConnectionReport {
            path,
            generation,
            whom,
            what,
        } = report;
        let current = self.connections.get(&path);
        if current.is_none_or(|connection| connection.generation != generation) {
            return;
        }
        let is_of_hub = self.is_hub(path);
        match what {
            ConnectionNews::Peer(event) => self.hand(VisitEvent::Call(CallEvent::Path {
                path,
                generation,
                event,
            })),
            ConnectionNews::Channel(channel, news) if is_of_hub => {
                self.take_hub_channel(channel, news);
            }
            ConnectionNews::Channel(channel, news) => self.take_channel(whom, channel, news),
            ConnectionNews::Media(stint, frame) => self.take_media(path, stint, frame),
            ConnectionNews::KeyFrameWanted => self.media.want_key_frame(),
            ConnectionNews::SlowLine => self.output.tell(Event::SlowLine { peer: whom }),
            ConnectionNews::NoSocket(error) => {
                self.tell_of_trouble("no-socket", words::no_socket(&error));
            }
        }
    }

    fn take_channel(&mut self, peer: PeerId, channel: Channel, news: ChannelNews) {
        self.hand(VisitEvent::Messaging(match news {
            ChannelNews::Opened => MessagingEvent::ChannelOpened { peer, channel },
            ChannelNews::Closed => MessagingEvent::ChannelClosed { peer, channel },
            ChannelNews::Frame(frame) => MessagingEvent::Frame {
                peer,
                channel,
                frame,
            },
        }));
    }
}
