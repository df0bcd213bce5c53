//! The connections there are, by the path they belong to, and what concerns all of them at once.

use std::collections::HashMap;

use leptos::prelude::*;

use super::page::Page;
use crate::client::rtc::peer::Peer;
use crate::client::rtc::transceivers::LocalTracks;
use crate::protocol::{IceTransportPolicy, PeerId};
use crate::room::PathId;
use crate::room::sending::Viewing;

/// One connection at most for each path, and one path at most to each person.
pub(super) struct Connections {
    page: Page,
    peers: HashMap<PathId, Peer>,
}

impl Connections {
    /// Nobody is connected yet.
    pub(super) fn new(page: Page) -> Self {
        Self {
            page,
            peers: HashMap::new(),
        }
    }

    /// The connection to a person.
    pub(super) fn get(&self, id: &PeerId) -> Option<&Peer> {
        self.peers.values().find(|peer| peer.whom() == id)
    }

    /// The connection to a person, to be changed.
    pub(super) fn get_mut(&mut self, id: &PeerId) -> Option<&mut Peer> {
        self.peers.values_mut().find(|peer| peer.whom() == id)
    }

    /// The connection of a path, to be changed.
    pub(super) fn on_path(&mut self, path: PathId) -> Option<&mut Peer> {
        self.peers.get_mut(&path)
    }

    /// All of them, with their paths.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (PathId, &mut Peer)> {
        self.peers.iter_mut().map(|(path, peer)| (*path, peer))
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Peer> {
        self.peers.values()
    }

    /// Everyone who is connected, or about to be.
    pub(super) fn people(&self) -> impl Iterator<Item = &PeerId> {
        self.peers.values().map(Peer::whom)
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.peers.is_empty()
    }

    /// Keeps the connection of a path.
    pub(super) fn insert(&mut self, path: PathId, peer: Peer) {
        self.peers.insert(path, peer);
    }

    /// Closes the connection of a path; says whom it reached, if there was one.
    pub(super) fn close(&mut self, path: PathId) -> Option<PeerId> {
        let peer = self.peers.remove(&path)?;
        Some(peer.whom().clone())
    }

    /// Sends these tracks to everyone from now on.
    pub(super) fn send(&mut self, tracks: &LocalTracks) {
        for peer in self.peers.values_mut() {
            peer.send(tracks);
        }
    }

    /// Uses other candidates for everyone from the next gathering on.
    pub(super) fn set_ice_transport_policy(&mut self, policy: IceTransportPolicy) {
        for peer in self.peers.values_mut() {
            peer.set_ice_transport_policy(policy);
        }
    }

    /// Counts what arrived on each connection where silence would be trouble, or is. At most one count for each connection is
    /// under way, and none is asked for where nothing is expected.
    pub(super) fn count_arrivals(&mut self, viewing: &Viewing) {
        self.page.session.state.with_untracked(|state| {
            let Some(call) = state.call() else {
                return;
            };
            for person in &call.people {
                let awaited = person.awaited(viewing.camera(&person.id));
                if let Some(path) = call.path_to(person)
                    && let Some(peer) = self.peers.get_mut(&path.id())
                    && path.is_listened_on(awaited)
                {
                    peer.count_arrivals(awaited);
                }
            }
        });
    }
}
