//! The files of the call as they are shown: what the model knows of each transfer, with where its file is.
//!
//! Invariant: progress is shown a few times a second at most; offers and ends at once.

use leptos::prelude::*;

use super::page::Page;
use crate::client::files::{Files, Whereabouts};
use crate::room::Moment;
use crate::room::messaging::files::{Transfer, TransferKey, TransferStage, Transfers};
use crate::session::files::{Keeping, ShownTransfer};

/// The disks, and what is shown of them.
pub(super) struct ShownFiles {
    page: Page,
    /// The files themselves.
    pub(super) disk: Files,
    /// What is shown is out of date, and is renewed with the next tick.
    changed: bool,
    /// It is out of date in a way that cannot wait for the tick.
    urgent: bool,
}

impl ShownFiles {
    /// No file yet.
    pub(super) fn new(page: Page) -> Self {
        Self {
            disk: Files::new(&page.window),
            page,
            changed: false,
            urgent: false,
        }
    }

    /// What is shown is out of date.
    pub(super) fn mark_changed(&mut self) {
        self.changed = true;
    }

    /// What is shown is out of date, and cannot wait.
    pub(super) fn mark_urgent(&mut self) {
        self.urgent = true;
    }

    /// Whether it has to be renewed at once.
    pub(super) fn is_urgent(&self) -> bool {
        self.urgent
    }

    /// Whether it is to be renewed, now that some time has passed.
    pub(super) fn is_due(&self) -> bool {
        let flowing = |shown: &ShownTransfer| shown.stage == TransferStage::Moving;
        self.changed || !self.keys(flowing).is_empty()
    }

    /// Brings what is shown in line with the transfers; after a call it stays as it was.
    pub(super) fn show(&mut self, transfers: Option<&Transfers>) {
        (self.changed, self.urgent) = (false, false);
        let now = self.page.now();
        let Some(transfers) = transfers else {
            return;
        };
        let disk = &mut self.disk;
        let shown = transfers.list().into_iter().map(|transfer| {
            let key = transfer.key().clone();
            let preview = disk.preview(&key, transfer.file(), transfer.source());
            let keeping = match disk.whereabouts(&key) {
                None => Keeping::Nowhere,
                Some(Whereabouts::Chosen) => Keeping::Chosen,
                Some(Whereabouts::WithPage) => Keeping::WithPage,
                Some(Whereabouts::Saved) => Keeping::Saved,
            };
            shown(transfer, keeping, preview, now)
        });
        self.page.session.files.show(shown.collect());
    }

    /// Hands a received file to the browser's downloads.
    pub(super) fn save(&mut self, key: &TransferKey, transfers: Option<&Transfers>) {
        let transfer = transfers.and_then(|transfers| transfers.get(key));
        if let Some(transfer) = transfer {
            self.disk.save(key, transfer.file());
        }
    }

    /// Hands every file that only the page has to the browser's downloads; also before the page forgets them.
    pub(super) fn save_all(&mut self, transfers: Option<&Transfers>) {
        for key in self.keys(ShownTransfer::is_unsaved) {
            self.save(&key, transfers);
        }
    }

    /// The transfers that are shown like this.
    pub(super) fn keys(&self, wanted: impl Fn(&ShownTransfer) -> bool) -> Vec<TransferKey> {
        self.page.session.files.rows.with_untracked(|rows| {
            rows.iter()
                .filter(|row| row.shown.with_untracked(&wanted))
                .map(|row| row.key.clone())
                .collect()
        })
    }
}

fn shown(
    transfer: &Transfer,
    keeping: Keeping,
    preview: Option<String>,
    now: Moment,
) -> ShownTransfer {
    let progress = transfer.progress();
    let moving = transfer.stage() == TransferStage::Moving;
    ShownTransfer {
        key: transfer.key().clone(),
        person: transfer.person().clone(),
        file: transfer.file().clone(),
        stage: transfer.stage(),
        done: progress.done(),
        rate: progress
            .rate(now)
            .filter(|_| moving)
            .map(|rate| rate as u64),
        time_left: progress.time_left_ms(now).filter(|_| moving),
        keeping,
        preview,
    }
}
