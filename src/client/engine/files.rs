//! The files' side of the engine: what the user wants of them, their disks, and what is shown of them.

use leptos::prelude::*;

use super::Engine;
use crate::client::files::Whereabouts;
use crate::room::Moment;
use crate::room::messaging::files::{
    DiskCommand, DiskEvent, SourceId, Transfer, TransferKey, TransferStage, Transfers,
};
use crate::room::messaging::{MessagingAction, MessagingEvent};
use crate::session::files::{FileAction, Keeping, PickedFiles, ShownTransfer};

impl Engine {
    /// Does what the user wants of files.
    pub(super) fn grant_files(&mut self, wish: FileAction) {
        match wish {
            FileAction::Offer { files, to } => {
                let PickedFiles(files) = files;
                let files = self.files.pick(files.take());
                let sources: Vec<SourceId> = files.iter().map(|file| file.source).collect();
                if !self.intend_talk(MessagingAction::Offer { files, to }) {
                    self.files.release(&sources);
                }
            }
            FileAction::Accept(key) => self.accept(key),
            FileAction::AcceptAll => {
                for key in self.keys(ShownTransfer::is_open_offer) {
                    self.files.keep_with_page(key.clone());
                    self.accept(key);
                }
            }
            FileAction::DeclineAll => {
                for key in self.keys(ShownTransfer::is_open_offer) {
                    self.intend_talk(MessagingAction::Cancel(key));
                }
            }
            FileAction::Cancel(key) => {
                self.intend_talk(MessagingAction::Cancel(key));
            }
            FileAction::Save(key) => self.save(&key),
            FileAction::SaveAll => self.save_files(),
            FileAction::Dismiss(key) => self.dismiss_transfer(key),
            FileAction::DismissAll => {
                let over = |shown: &ShownTransfer| {
                    matches!(shown.stage, TransferStage::Ended(_)) && !shown.is_unsaved()
                };
                for key in self.keys(over) {
                    self.dismiss_transfer(key);
                }
            }
        }
        self.show_transfers();
    }

    /// Performs a command of the transfers.
    pub(super) fn perform_disk(&mut self, command: DiskCommand) {
        let file = match &command {
            DiskCommand::Open { key } => self
                .transfers()
                .and_then(|transfers| transfers.get(key))
                .map(|transfer| transfer.file().clone()),
            _ => None,
        };
        self.files.perform(command, file.as_ref());
    }

    /// Tells the transfers what a disk reports.
    pub(super) fn take_disk_event(&mut self, event: DiskEvent) {
        self.apply_talk(MessagingEvent::Disk(event));
    }

    /// Brings what is shown in line with the transfers.
    pub(super) fn show_transfers(&mut self) {
        (self.transfers_changed, self.transfers_ended) = (false, false);
        let now = self.clock.now();
        let Some(talk) = &self.talk else {
            return;
        };
        let files = &mut self.files;
        let shown = talk.transfers().list().into_iter().map(|transfer| {
            let key = transfer.key().clone();
            let preview = files.preview(&key, transfer.file(), transfer.source());
            let keeping = match files.whereabouts(&key) {
                None => Keeping::Nowhere,
                Some(Whereabouts::Chosen) => Keeping::Chosen,
                Some(Whereabouts::WithPage) => Keeping::WithPage,
                Some(Whereabouts::Saved) => Keeping::Saved,
            };
            shown(transfer, keeping, preview, now)
        });
        self.session.files.show(shown.collect());
    }

    /// Renews what is shown, a few times a second, while anything changes or flows.
    pub(super) fn refresh_transfers(&mut self) {
        let flowing = |shown: &ShownTransfer| shown.stage == TransferStage::Moving;
        if self.transfers_changed || !self.keys(flowing).is_empty() {
            self.show_transfers();
        }
    }

    fn transfers(&self) -> Option<&Transfers> {
        self.talk.as_ref().map(|talk| talk.transfers())
    }

    fn accept(&mut self, key: TransferKey) {
        self.intend_talk(MessagingAction::Accept(key));
    }

    fn save(&mut self, key: &TransferKey) {
        let transfer = self.transfers().and_then(|transfers| transfers.get(key));
        if let Some(file) = transfer.map(|transfer| transfer.file().clone()) {
            self.files.save(key, &file);
        }
    }

    /// Hands every file that only the page has to the browser's downloads; also before the page forgets them.
    pub(super) fn save_files(&mut self) {
        for key in self.keys(ShownTransfer::is_unsaved) {
            self.save(&key);
        }
    }

    fn dismiss_transfer(&mut self, key: TransferKey) {
        self.files.forget(&key);
        self.intend_talk(MessagingAction::Dismiss(key));
    }

    fn keys(&self, wanted: impl Fn(&ShownTransfer) -> bool) -> Vec<TransferKey> {
        self.session.files.rows.with_untracked(|rows| {
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
