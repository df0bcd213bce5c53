//! The hub, as the rest of the visit sees it.
//!
//! Invariant: it changes in `Hub::handle` ([`super::rules`]) and nowhere else.

use super::attached::Attached;
use super::connection::HubConnection;
use super::event::{FileDemand, HubPerson};
use super::shown::Shown;
use crate::protocol::PeerId;
use crate::room::messaging::files::gate::ContentGate;
use crate::room::moment::Moment;
use crate::room::ordered::OrderedMap;
use crate::room::participant::TrackKind;
use crate::room::path::hub_link::HubLink;
use crate::room::path::id::PathId;
use crate::room::path::stall::Awaited;
use crate::room::sending::view::ViewRequest;

/// The connection to the SFU, as far as a visit has one.
#[derive(Clone, Debug, Default)]
pub struct Hub {
    /// The server has an SFU that can be used; nothing while it has none.
    pub(super) attached: Option<Box<Attached>>,
    /// People are shown this large.
    pub(super) shown: Shown,
    /// Time has to be told of then.
    pub(super) due: Option<Moment>,
    /// There is a connection, or there is to be one.
    pub(super) is_connected: bool,
    /// What arrives on it has to be counted.
    pub(super) is_listened_on: bool,
}

impl Hub {
    /// When [`super::event::HubEvent::Tick`] has something to do.
    pub(in crate::room) fn next_deadline(&self) -> Option<Moment> {
        self.due
    }

    /// Whether there is a connection, or is to be one.
    pub(in crate::room) fn is_connected(&self) -> bool {
        self.is_connected
    }

    /// Whether what arrives on it has to be counted.
    pub(in crate::room) fn is_listened_on(&self) -> bool {
        self.is_listened_on
    }

    /// The connection to the SFU is one of this path, if there can be one.
    pub(in crate::room) fn path(&self) -> Option<PathId> {
        Some(self.attached.as_ref()?.path)
    }

    /// Where the connection stands; nothing while there is none.
    pub(in crate::room) fn link(&self) -> Option<HubLink> {
        let connection = self.attached.as_ref()?.connection.as_ref();
        connection.map(HubConnection::link)
    }

    /// Which of the connections there have been is the present one.
    pub(in crate::room) fn generation(&self) -> Option<u32> {
        let connection = self.attached.as_ref()?.connection.as_ref();
        connection.map(HubConnection::generation)
    }

    /// Whether these are the people it knows.
    pub(in crate::room) fn knows(&self, people: &[HubPerson]) -> bool {
        self.attached
            .as_ref()
            .is_some_and(|attached| attached.people == people)
    }

    /// Whether people are shown this large as far as it knows. Of whom nothing is said is not shown.
    pub(in crate::room) fn shows(&self, shown: &OrderedMap<PeerId, ViewRequest>) -> bool {
        self.shown.is(shown)
    }

    /// Whether content of files flows like this, as far as it knows.
    pub(in crate::room) fn knows_files(&self, demands: &[FileDemand]) -> bool {
        self.attached
            .as_ref()
            .is_some_and(|attached| attached.demands == demands)
    }

    /// Whether content of files may go to somebody by the SFU.
    pub(in crate::room) fn content_gate(&self, peer: &PeerId) -> ContentGate {
        let attached = self.attached.as_ref();
        attached.map_or(ContentGate::Held, |it| it.file_paths.gate(peer))
    }

    /// What somebody is asked to send directly, when they are shown this large.
    pub(in crate::room) fn asked_directly(&self, peer: &PeerId, view: ViewRequest) -> ViewRequest {
        let attached = self.attached.as_ref();
        let member = attached.and_then(|it| it.members.iter().find(|it| it.person.id == *peer));
        member.map_or(view, |member| member.asked_directly(view))
    }

    /// The connection's path, if silence on it would be trouble.
    pub(in crate::room) fn listened_path(&self) -> Option<(PathId, Awaited)> {
        let attached = self.attached.as_ref()?;
        let awaited = match attached.is_heard() {
            true => Awaited::Something,
            false => Awaited::Nothing,
        };
        let connection = attached.connection.as_ref()?;
        connection
            .is_listened_on(awaited)
            .then_some((attached.path, awaited))
    }

    /// Whether something waits to be said on the channels.
    pub(in crate::room) fn has_outgoing(&self) -> bool {
        self.attached
            .as_ref()
            .is_some_and(|attached| !attached.outgoing.is_empty())
    }

    /// Whether something is known of content of files for somebody that goes by the SFU: that it waits, or that it went out.
    pub(in crate::room) fn has_content_for(&self, peer: &PeerId) -> bool {
        self.attached.as_ref().is_some_and(|attached| {
            attached.outgoing.has_content_for(peer) || attached.channels.has_content_for(peer)
        })
    }

    /// Whom each slot carries, by its `mid`.
    pub(in crate::room) fn carried(&self) -> Vec<(String, PeerId, TrackKind)> {
        self.attached
            .as_ref()
            .map_or_else(Vec::new, |attached| attached.slots.carried())
    }
}
