//! The connections of paths: opened, commanded, closed, and what they report.

use super::driver::Engine;
use crate::device::connection::report::{
    ChannelNews, ConnectionNews, ConnectionOrder, ConnectionReport,
};
use crate::device::connection::task::ConnectionSetup;
use crate::device::lines::event::Event;
use crate::device::media::recorder::RecordedTrack;
use crate::device::words;
use crate::protocol::{IceTransportPolicy, PeerId};
use crate::room::messaging::MessagingEvent;
use crate::room::messaging::channel::Channel;
use crate::room::{
    ConnectionState, Event as CallEvent, PathId, PeerCommand, PeerEvent, VisitEvent,
};

impl Engine {
    /// Does something with the connection of a path.
    pub(super) fn command_path(&mut self, path: PathId, to: PeerId, command: PeerCommand) {
        match command {
            PeerCommand::Open {
                generation,
                initiator,
                ice_servers,
                shape: _,
            } => {
                self.close(path);
                let setup = ConnectionSetup {
                    path,
                    generation,
                    whom: to,
                    wish: self.options.media_wish(),
                    meter: self.options.meter.clone(),
                    servers: ice_servers,
                    policy: self.ice_transport_policy,
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

    /// Uses these candidates for everyone from the next gathering on, and for connections to come.
    pub(super) fn set_ice_transport_policy(&mut self, policy: IceTransportPolicy) {
        self.ice_transport_policy = policy;
        let paths: Vec<PathId> = self.connections.keys().copied().collect();
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
            self.lose(&connection.whom.clone());
            self.closing.retain(|closing| !closing.is_finished());
            self.closing.push(connection.close());
        }
    }

    /// Messages reach somebody no more.
    pub(super) fn lose(&mut self, peer: &PeerId) {
        self.announcing.forget(peer);
        if let Some(event) = self.roster.lose(peer) {
            self.output.tell(event);
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
        match what {
            ConnectionNews::Peer(event) => self.hand(VisitEvent::Call(CallEvent::Path {
                path,
                generation,
                event,
            })),
            ConnectionNews::Channel(channel, news) => self.take_channel(whom, channel, news),
            ConnectionNews::Media(kind, frame) => {
                let track = RecordedTrack {
                    whose: whom,
                    kind,
                    path,
                    generation,
                };
                self.record(track, frame);
            }
            ConnectionNews::KeyFrameWanted => self.media.want_key_frame(),
            ConnectionNews::SlowLine => self.output.tell(Event::SlowLine { peer: whom }),
            ConnectionNews::NoSocket(error) => {
                self.tell_of_trouble("no-socket", words::no_socket(&error));
            }
        }
    }

    fn take_channel(&mut self, peer: PeerId, channel: Channel, news: ChannelNews) {
        let event = match news {
            ChannelNews::Opened => MessagingEvent::ChannelOpened {
                peer: peer.clone(),
                channel,
            },
            ChannelNews::Closed => MessagingEvent::ChannelClosed {
                peer: peer.clone(),
                channel,
            },
            ChannelNews::Frame(frame) => {
                let event = MessagingEvent::Frame {
                    peer,
                    channel,
                    frame,
                };
                return self.hand(VisitEvent::Messaging(event));
            }
        };
        let is_open = matches!(event, MessagingEvent::ChannelOpened { .. });
        self.hand(VisitEvent::Messaging(event));
        if channel != Channel::Chat {
            return;
        }
        if is_open {
            self.reach(&peer);
        } else {
            self.lose(&peer);
        }
    }

    /// Messages reach somebody now: the program hears of it, and they of the controls.
    fn reach(&mut self, peer: &PeerId) {
        self.follow_call();
        if let Some(event) = self.roster.reach(peer) {
            self.output.tell(event);
            self.announce_to(peer);
        }
    }
}
