//! A simulated visitor: a whole visit, its connections, and what is heard and seen of them.

use std::collections::{BTreeMap, BTreeSet};

use super::end::End;
use super::files::Disk;
use crate::protocol::PeerId;
use crate::room::call::state::{Call, RoomState};
use crate::room::messaging::files::TransferKey;
use crate::room::moment::Moment;
use crate::room::participant::TrackKind;
use crate::room::path::id::PathId;
use crate::room::path::lines::{LineKey, LineTable, Medium, Section};
use crate::room::testing::simulation::server::SocketId;
use crate::room::visit::page::CapturedPictures;
use crate::room::visit::state::Visit;

/// What came of one section.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Played {
    /// It comes now.
    pub(crate) comes: bool,
    /// It began to, at the latest at this time.
    pub(crate) since: u64,
    /// It came last at this time.
    pub(crate) last: u64,
    /// It is a picture that stands still, of which a frame comes only now and then.
    pub(crate) is_still: bool,
}

/// A screen that is shared.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SharedScreen {
    /// It is heard as well.
    pub(crate) has_sound: bool,
    /// Nothing moves on it, so that a frame comes only now and then.
    pub(crate) is_still: bool,
}

/// One visitor.
pub(crate) struct Visitor {
    pub(crate) visit: Visit,
    pub(crate) socket: Option<SocketId>,
    pub(crate) attempt: u64,
    /// When the last message on the socket arrives: there, and here.
    pub(crate) sent: u64,
    pub(crate) received: u64,
    pub(crate) due: Option<Moment>,
    pub(crate) ends: BTreeMap<PathId, End>,
    /// The lines, with the section of the connection each comes from.
    pub(crate) lines: LineTable<(u64, String)>,
    /// What came of each section of each connection.
    pub(crate) played: BTreeMap<(u64, String), Played>,
    /// The screen that they share, or share next, is like this.
    pub(crate) shared: SharedScreen,
    /// The visit was told last that these are captured.
    pub(crate) captured: Option<CapturedPictures>,
    pub(crate) disk: Disk,
    /// These offers were taken.
    pub(crate) accepted: BTreeSet<TransferKey>,
}

impl Visitor {
    pub(crate) fn new() -> Self {
        Self {
            visit: Visit::default(),
            socket: None,
            attempt: 0,
            sent: 0,
            received: 0,
            due: None,
            ends: BTreeMap::new(),
            lines: LineTable::new(),
            played: BTreeMap::new(),
            shared: SharedScreen::default(),
            captured: None,
            disk: Disk::default(),
            accepted: BTreeSet::new(),
        }
    }

    /// The call, while the server lets them take part.
    pub(crate) fn joined(&self) -> Option<&Call> {
        match self.visit.call() {
            RoomState::Joined(call) => Some(call),
            _ => None,
        }
    }

    pub(crate) fn me(&self) -> Option<PeerId> {
        self.visit.call().call().map(|call| call.me.clone())
    }

    /// The end of the connection to the SFU.
    pub(crate) fn hub(&self) -> Option<&End> {
        self.ends.values().find(|end| end.leads_to_sfu())
    }

    pub(crate) fn hub_mut(&mut self) -> Option<&mut End> {
        self.ends.values_mut().find(|end| end.leads_to_sfu())
    }

    /// The end of the connection to somebody.
    pub(crate) fn to(&self, whom: &PeerId) -> Option<&End> {
        self.ends.values().find(|end| end.whom == *whom)
    }

    /// Whether they capture this.
    pub(crate) fn captures(&self, kind: TrackKind) -> bool {
        let media = self.visit.media().sent();
        match kind {
            TrackKind::Microphone => media.audio,
            TrackKind::Camera => media.video,
            TrackKind::ScreenAudio => media.screen && self.shared.has_sound,
            TrackKind::ScreenVideo => media.screen,
        }
    }

    /// The sections of a connection have come into being.
    pub(crate) fn settle(&mut self, path: PathId) {
        let Some(end) = self.ends.get(&path) else {
            return;
        };
        for section in end.sections() {
            let (medium, whose) = match &section {
                Section::Kind(kind) => (Medium::of(*kind), Some((end.whom.clone(), *kind))),
                Section::Mid(mid) if mid.starts_with('p') => (Medium::Picture, None),
                Section::Mid(_) => (Medium::Sound, None),
            };
            let stream = (end.connection.identity, name(&section));
            self.lines
                .arrive(LineKey { path, section }, medium, stream, whose);
        }
    }
}

/// What a section is called among those of its connection.
pub(crate) fn name(section: &Section) -> String {
    match section {
        Section::Kind(kind) => format!("{kind:?}"),
        Section::Mid(mid) => mid.clone(),
    }
}
