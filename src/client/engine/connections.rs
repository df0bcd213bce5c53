//! The connections there are, by the path they belong to, and what concerns all of them at once.

use std::collections::HashMap;

use wasm_bindgen::JsValue;

use super::page::Page;
use crate::client::rtc::connection::IceConfiguration;
use crate::client::rtc::peer::Peer;
use crate::client::rtc::peer_shape::PeerShape;
use crate::client::rtc::transceivers::LocalTracks;
use crate::client::second_wasm::HubParts;
use crate::protocol::{IceServer, IceTransportPolicy, PeerId};
use crate::room::hub::LineSample;
use crate::room::sending::HubTargets;
use crate::room::{PathId, Route, Shape};

/// One connection at most for each path, one path at most to each person, and one to the SFU.
pub(super) struct Connections {
    /// New connections report to the page, and what they play is shown on it.
    page: Page,
    /// Each path that has a connection has it here.
    peers: HashMap<PathId, Peer>,
    /// Connections to people use these candidates. That to the SFU uses all: the server knows our address anyway.
    ice_transport_policy: IceTransportPolicy,
    /// A connection to the SFU takes these; `None` until they were fetched.
    hub_parts: Option<HubParts>,
}

impl Connections {
    /// Nobody is connected yet.
    pub(super) fn new(page: Page) -> Self {
        Self {
            page,
            peers: HashMap::new(),
            ice_transport_policy: IceTransportPolicy::default(),
            hub_parts: None,
        }
    }

    /// Can connect to the SFU from now on.
    pub(super) fn learn_hub(&mut self, parts: HubParts) {
        self.hub_parts = Some(parts);
    }

    /// The connection to the SFU.
    pub(super) fn hub(&self) -> Option<&Peer> {
        self.peers.values().find(|peer| peer.is_of_hub())
    }

    /// The path of the connection to the SFU.
    pub(super) fn hub_path(&self) -> Option<PathId> {
        let mut peers = self.peers.iter();
        let (path, _) = peers.find(|(_, peer)| peer.is_of_hub())?;
        Some(*path)
    }

    /// The connection to the SFU, to be changed.
    pub(super) fn hub_mut(&mut self) -> Option<&mut Peer> {
        self.peers.values_mut().find(|peer| peer.is_of_hub())
    }

    /// What each receiving section of every connection played last, at `now` (in ms since the Epoch).
    pub(super) fn sample(&self, now: f64) -> Vec<LineSample> {
        let Some(HubParts { sample, .. }) = self.hub_parts else {
            return Vec::new();
        };
        let peers = self.peers.values();
        peers.flat_map(|peer| peer.sample(sample, now)).collect()
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

    /// Uses these candidates for every person from the next gathering on, and for connections to come.
    pub(super) fn set_ice_transport_policy(&mut self, policy: IceTransportPolicy) {
        self.ice_transport_policy = policy;
        for peer in self.peers.values_mut() {
            if !peer.is_of_hub() {
                peer.set_ice_transport_policy(policy);
            }
        }
    }

    /// Opens a connection of this shape on a path, in place of any other.
    ///
    /// # Errors
    /// The browser's exception; `undefined` for one to the SFU before its parts were fetched.
    pub(super) fn open(
        &mut self,
        path: PathId,
        to: PeerId,
        generation: u32,
        shape: Shape,
        servers: Vec<IceServer>,
    ) -> Result<&mut Peer, JsValue> {
        self.peers.remove(&path);
        let (shape, policy) = match (shape, self.hub_parts) {
            (Shape::Mesh, _) => (PeerShape::Mesh { targets: None }, self.ice_transport_policy),
            (Shape::Hub(slots), Some(parts)) => {
                let shape = PeerShape::Hub {
                    shape: (parts.shape)(),
                    slots,
                    targets: HubTargets::SILENT,
                };
                (shape, IceTransportPolicy::All)
            }
            (Shape::Hub(_), None) => return Err(JsValue::UNDEFINED),
        };
        let ice = IceConfiguration {
            servers,
            policy,
            route: Route::Any,
        };
        let peer = Peer::open(path, to, generation, shape, ice, &self.page.reporter)?;
        Ok(self.peers.entry(path).insert_entry(peer).into_mut())
    }
}
