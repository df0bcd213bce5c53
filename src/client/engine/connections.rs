//! The connections to people, and what concerns all of them at once.

use std::collections::HashMap;

use leptos::prelude::*;

use super::page::Page;
use crate::client::rtc::peer::Peer;
use crate::client::rtc::transceivers::LocalTracks;
use crate::protocol::{IceTransportPolicy, PeerId};
use crate::room::sending::Viewing;

/// One connection at most for each person.
pub(super) struct Connections {
    page: Page,
    peers: HashMap<PeerId, Peer>,
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
        self.peers.get(id)
    }

    /// The connection to a person, to be changed.
    pub(super) fn get_mut(&mut self, id: &PeerId) -> Option<&mut Peer> {
        self.peers.get_mut(id)
    }

    /// All of them, with whom they reach.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (&PeerId, &mut Peer)> {
        self.peers.iter_mut()
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Peer> {
        self.peers.values()
    }

    /// Everyone who is connected, or about to be.
    pub(super) fn people(&self) -> impl Iterator<Item = &PeerId> {
        self.peers.keys()
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.peers.is_empty()
    }

    /// Keeps a connection to a person.
    pub(super) fn insert(&mut self, id: PeerId, peer: Peer) {
        self.peers.insert(id, peer);
    }

    /// Closes the connection to a person; says whether there was one.
    pub(super) fn close(&mut self, id: &PeerId) -> bool {
        self.peers.remove(id).is_some()
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
        self.hold_pictures();
        self.page.session.state.with_untracked(|state| {
            for person in state.call().into_iter().flat_map(|call| &call.people) {
                let camera = viewing.camera(&person.id);
                if let Some(peer) = self.peers.get_mut(&person.id)
                    && person.is_listened_for(camera)
                {
                    peer.count_arrivals(person.awaited(camera));
                }
            }
        });
    }

    /// Holds back the pictures of connections where nothing arrives.
    pub(super) fn hold_pictures(&mut self) {
        self.page.session.state.with_untracked(|state| {
            for person in state.call().into_iter().flat_map(|call| &call.people) {
                if let Some(peer) = self.peers.get_mut(&person.id) {
                    peer.hold_pictures(!person.gets_pictures());
                }
            }
        });
    }
}
