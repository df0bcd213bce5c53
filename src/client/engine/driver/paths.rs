//! The connections of paths: opened, commanded, closed, and the streams they bring.

use super::engine::Engine;
use crate::client::report::Report;
use crate::protocol::PeerId;
use crate::room::{ConnectionState, Event, PathId, PeerCommand, PeerEvent, Pictures, VisitEvent};

impl Engine {
    /// Takes what an operation of a connection ended with.
    pub(super) fn operation_ended(&mut self, path: PathId, generation: u32, event: PeerEvent) {
        let answered = matches!(event, PeerEvent::LocalAnswer { .. });
        self.hand(VisitEvent::Call(Event::Path {
            path,
            generation,
            event,
        }));
        if answered && let Some(peer) = self.connections.on_path(path) {
            peer.complete();
        }
        self.settle(path);
    }

    /// Does something with the connection of a path.
    pub(super) fn command_path(&mut self, path: PathId, to: PeerId, command: PeerCommand) {
        match command {
            PeerCommand::Open {
                generation,
                initiator,
                shape,
                ice_servers,
            } => {
                let connections = &mut self.connections;
                match connections.open(path, to, generation, shape, ice_servers) {
                    Ok(peer) => {
                        if initiator {
                            peer.complete();
                        }
                        peer.send(self.own.tracks());
                        self.settle(path);
                    }
                    Err(_) => self.page.reporter.report(Report::Path {
                        path,
                        generation,
                        event: PeerEvent::Connection(ConnectionState::Failed),
                    }),
                }
            }
            PeerCommand::Close => self.close(path),
            command => self.command_connection(path, command),
        }
    }

    fn command_connection(&mut self, path: PathId, command: PeerCommand) {
        let Some(peer) = self.connections.on_path(path) else {
            return;
        };
        match command {
            PeerCommand::Offer { ice_restart } => peer.offer(ice_restart),
            PeerCommand::AcceptOffer { sdp } => peer.accept_offer(sdp),
            PeerCommand::AcceptAnswer { sdp } => peer.accept_answer(sdp),
            PeerCommand::AddCandidate(candidate) => peer.add_candidate(candidate),
            PeerCommand::SetRoute(route) => peer.set_route(route),
            PeerCommand::SetPictures(pictures) => peer.hold_pictures(pictures == Pictures::Held),
            PeerCommand::SetSlots(slots) => peer.set_slots(slots),
            PeerCommand::SetIceServers(ice_servers) => peer.set_ice_servers(ice_servers),
            PeerCommand::Open { .. } | PeerCommand::Close => {}
        }
    }

    fn close(&mut self, path: PathId) {
        if self.connections.close(path) {
            self.lines.leave(path);
            self.follow_lines();
        }
    }

    /// Brings a connection in line after something changed in it, and shows and plays the streams it brought.
    fn settle(&mut self, path: PathId) {
        let Some(peer) = self.connections.on_path(path) else {
            return;
        };
        let fresh = peer.settle();
        if fresh.is_empty() {
            return;
        }
        self.lines.arrive(path, peer.whom(), fresh);
        self.follow_lines();
    }

    /// Measures and records what is heard now, in the task in which it is.
    pub(super) fn follow_lines(&mut self) {
        self.voices.follow();
        self.recordings.follow(&self.own);
    }
}
