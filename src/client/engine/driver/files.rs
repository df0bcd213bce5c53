//! What the user wants of files, and what their disks report.

use super::engine::Engine;
use crate::room::messaging::MessagingAction;
use crate::room::messaging::files::{DiskCommand, SourceId, TransferKey, TransferStage, Transfers};
use crate::session::files::{FileAction, PickedFiles, ShownTransfer};

impl Engine {
    /// Does what the user wants of files.
    pub(super) fn grant_files(&mut self, action: FileAction) {
        match action {
            FileAction::Offer { files, to } => {
                let PickedFiles(files) = files;
                let files = self.files.disk.pick(files.take());
                let sources: Vec<SourceId> = files.iter().map(|file| file.source).collect();
                if !self.take_messaging_action(MessagingAction::Offer { files, to }) {
                    self.files.disk.release(&sources);
                }
            }
            FileAction::Accept(key) => self.accept(key),
            FileAction::AcceptAll => {
                for key in self.files.keys(ShownTransfer::is_open_offer) {
                    self.files.disk.keep_with_page(key.clone());
                    self.accept(key);
                }
            }
            FileAction::DeclineAll => {
                for key in self.files.keys(ShownTransfer::is_open_offer) {
                    self.take_messaging_action(MessagingAction::Cancel(key));
                }
            }
            FileAction::Cancel(key) => {
                self.take_messaging_action(MessagingAction::Cancel(key));
            }
            FileAction::Save(key) => {
                let transfers = self
                    .messaging
                    .as_ref()
                    .map(|messaging| messaging.transfers());
                self.files.save(&key, transfers);
            }
            FileAction::SaveAll => self.save_files(),
            FileAction::Dismiss(key) => self.dismiss_transfer(key),
            FileAction::DismissAll => {
                let over = |shown: &ShownTransfer| {
                    matches!(shown.stage, TransferStage::Ended(_)) && !shown.is_unsaved()
                };
                for key in self.files.keys(over) {
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
        self.files.disk.perform(command, file.as_ref());
    }

    /// Brings what is shown in line with the transfers.
    pub(super) fn show_transfers(&mut self) {
        let transfers = self
            .messaging
            .as_ref()
            .map(|messaging| messaging.transfers());
        self.files.show(transfers);
    }

    /// Renews what is shown, a few times a second, while anything changes or flows.
    pub(super) fn refresh_transfers(&mut self) {
        if self.files.is_due() {
            self.show_transfers();
        }
    }

    /// Hands every file that only the page has to the browser's downloads.
    pub(super) fn save_files(&mut self) {
        let transfers = self
            .messaging
            .as_ref()
            .map(|messaging| messaging.transfers());
        self.files.save_all(transfers);
    }

    fn transfers(&self) -> Option<&Transfers> {
        self.messaging
            .as_ref()
            .map(|messaging| messaging.transfers())
    }

    fn accept(&mut self, key: TransferKey) {
        self.take_messaging_action(MessagingAction::Accept(key));
    }

    fn dismiss_transfer(&mut self, key: TransferKey) {
        self.files.disk.forget(&key);
        self.take_messaging_action(MessagingAction::Dismiss(key));
    }
}
