//! The connections there are, by the path they belong to, and what concerns all of them at once.

use std::collections::HashMap;

use wasm_bindgen::JsValue;

use super::page::Page;
use crate::client::rtc::connection::IceConfiguration;
use crate::client::rtc::peer::Peer;
use crate::client::rtc::transceivers::LocalTracks;
use crate::protocol::{IceServer, IceTransportPolicy, PeerId};
use crate::room::{PathId, Route};

/// One connection at most for each path, and one path at most to each person.
pub(super) struct Connections {
    /// New connections report to the page, and what they play is shown on it.
    page: Page,
    /// Each path that has a connection has it here.
    peers: HashMap<PathId, Peer>,
    /// Connections use these candidates.
    ice_transport_policy: IceTransportPolicy,
}

impl Connections {
    /// Nobody is connected yet.
    pub(super) fn new(page: Page) -> Self {
        Self {
            page,
            peers: HashMap::new(),
            ice_transport_policy: IceTransportPolicy::default(),
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

    /// Closes the connection of a path; says whether there was one.
    pub(super) fn close(&mut self, path: PathId) -> bool {
        self.peers.remove(&path).is_some()
    }

    /// Sends these tracks to everyone from now on.
    pub(super) fn send(&mut self, tracks: &LocalTracks) {
        for peer in self.peers.values_mut() {
            peer.send(tracks);
        }
    }

    /// Uses these candidates for everyone from the next gathering on, and for connections to come.
    pub(super) fn set_ice_transport_policy(&mut self, policy: IceTransportPolicy) {
        self.ice_transport_policy = policy;
        for peer in self.peers.values_mut() {
            peer.set_ice_transport_policy(policy);
        }
    }

    /// Opens a connection on a path, in place of any other.
    ///
    /// # Errors
    /// The browser's exception.
    pub(super) fn open(
        &mut self,
        path: PathId,
        to: PeerId,
        generation: u32,
        servers: Vec<IceServer>,
    ) -> Result<&mut Peer, JsValue> {
        self.peers.remove(&path);
        let ice = IceConfiguration {
            servers,
            policy: self.ice_transport_policy,
            route: Route::Any,
        };
        let peer = Peer::open(path, to, generation, ice, &self.page.reporter)?;
        Ok(self.peers.entry(path).insert_entry(peer).into_mut())
    }
}
