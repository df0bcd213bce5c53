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

    /// The connection of a path that leads to one person brought these.
    pub(super) fn arrive(
        &mut self,
        path: PathId,
        whom: &PeerId,
        fresh: Vec<(TrackKind, MediaStream)>,
    ) {
        for (kind, stream) in fresh {
            let section = Section::Kind(kind);
            let stream = SendWrapper::new(stream);
            self.table.arrive(
                LineKey { path, section },
                Medium::of(kind),
                stream,
                Some((whom.clone(), kind)),
            );
        }
        self.show();
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
