//! The files of the call: their disks, and how they are shown.

use super::page::Page;
use crate::client::files::Files;
use crate::room::messaging::files::{Transfer, TransferKey, TransferStage};
use crate::room::{Keeping, Moment};
use crate::session::files::ShownTransfer;

/// The disks, and what is shown of them.
pub(super) struct ShownFiles {
    /// The list of files is shown on the page.
    page: Page,
    /// The disks are commanded and heard here.
    pub(super) disk: Files,
}

impl ShownFiles {
    /// No file yet.
    pub(super) fn new(page: Page) -> Self {
        Self {
            disk: Files::new(&page.window),
            page,
        }
    }

    /// Brings what is shown in line with the transfers; after a call it stays as it was.
    pub(super) fn show(&mut self) {
        let now = self.page.now();
        let session = self.page.session;
        let disk = &mut self.disk;
        let shown = session.visit.with(|visit| {
            let transfers = visit.messaging()?.transfers().list().into_iter();
            let shown = transfers.map(|transfer| {
                let key = transfer.key().clone();
                let preview = disk.preview(&key, transfer.file(), transfer.source());
                ShownTransfer {
                    keeping: visit.keeping(&key),
                    preview,
                    ..shown(transfer, key, now)
                }
            });
            Some(shown.collect())
        });
        if let Some(shown) = shown {
            session.files.show(shown);
        }
    }
}

fn shown(transfer: &Transfer, key: TransferKey, now: Moment) -> ShownTransfer {
    let progress = transfer.progress();
    let moving = transfer.stage() == TransferStage::Moving;
    ShownTransfer {
        key,
        person: transfer.person().clone(),
        is_with_device: transfer.is_with_device(),
        file: transfer.file().clone(),
        stage: transfer.stage(),
        done: progress.done(),
        rate: progress
            .rate(now)
            .filter(|_| moving)
            .map(|rate| rate as u64),
        time_left: progress.time_left_ms(now).filter(|_| moving),
        keeping: Keeping::Nowhere,
        preview: None,
    }
}
