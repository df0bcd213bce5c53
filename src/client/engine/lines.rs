//! The streams that connections bring: whose they are, and which of them is shown and played.
//!
//! Invariant: the page is told all of a change at once, so that what stops being heard and what is heard instead change places
//! in one task.

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use web_sys::MediaStream;

use super::page::Page;
use crate::protocol::PeerId;
use crate::room::{LineKey, LineTable, Medium, Participant, PathId, Section, TrackKind};

/// The lines of all connections.
pub(super) struct Lines {
    /// The lines are shown and played on the page.
    page: Page,
    /// Whose they are and which of them is chosen stands here.
    table: LineTable<SendWrapper<MediaStream>>,
}

impl Lines {
    /// Nobody is connected yet.
    pub(super) fn new(page: Page) -> Self {
        Self {
            page,
            table: LineTable::new(),
        }
    }

    /// The connection of a path, which leads to this person or to the SFU, brought these.
    pub(super) fn arrive(
        &mut self,
        path: PathId,
        whom: &PeerId,
        fresh: Vec<(Section, MediaStream)>,
    ) {
        for (section, stream) in fresh {
            let (medium, whose) = match &section {
                Section::Kind(kind) => (Medium::of(*kind), Some((whom.clone(), *kind))),
                Section::Mid(_) if stream.get_audio_tracks().length() == 0 => {
                    (Medium::Picture, None)
                }
                Section::Mid(_) => (Medium::Sound, None),
            };
            let stream = SendWrapper::new(stream);
            self.table
                .arrive(LineKey { path, section }, medium, stream, whose);
        }
        self.show();
    }

    /// The lines of a path carry these from now on, by their `mid`, and no others.
    pub(super) fn attribute(&mut self, path: PathId, carried: &[(String, PeerId, TrackKind)]) {
        self.table.attribute(path, carried);
        self.show();
    }

    /// A track is taken from this path from now on.
    pub(super) fn choose(&mut self, peer: PeerId, kind: TrackKind, path: PathId) {
        self.table.choose(peer, kind, path);
        self.show();
    }

    /// Only these people are there: of others it need not be known where they were taken from.
    pub(super) fn forget_all_but(&mut self, people: &[PeerId]) {
        self.table.forget_all_but(people);
    }

    /// The connection of a path is gone.
    pub(super) fn leave(&mut self, path: PathId) {
        self.table.leave(path);
        self.show();
    }

    fn show(&self) {
        let session = self.page.session;
        let pictures = self.table.pictures().into_iter();
        session.streams.update(|streams| {
            streams.retain(|(whose, _), _| *whose == Participant::Me);
            streams.extend(
                pictures.map(|((peer, kind), stream)| ((Participant::Peer(peer), kind), stream)),
            );
        });
        session.voices.set(self.table.voices());
    }
}
