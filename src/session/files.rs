//! Files: how each transfer is shown, and those the user picked.
//!
//! Invariant: progress of one transfer renders one row anew, never the list.

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use web_sys::File;

use crate::protocol::DisplayName;
use crate::room::messaging::files::{FileInfo, Side, TransferKey, TransferStage};
use crate::room::visit::Keeping;

/// Files the user picked or dropped. Two picks are the same when they hold the same files.
#[derive(Clone, Debug)]
pub struct PickedFiles(pub SendWrapper<Vec<File>>);

impl PartialEq for PickedFiles {
    fn eq(&self, other: &Self) -> bool {
        *self.0 == *other.0
    }
}

/// A transfer as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownTransfer {
    /// The model knows the transfer by this.
    pub key: TransferKey,
    /// The other person has this name.
    pub person: DisplayName,
    /// The other person is a device.
    pub is_with_device: bool,
    /// The file has this name, size and type, as its sender says.
    pub file: FileInfo,
    /// The transfer stands here.
    pub stage: TransferStage,
    /// So many bytes have been sent or received.
    pub done: u64,
    /// So many bytes pass per second, when that can be told.
    pub rate: Option<u64>,
    /// It takes so many ms more, when that can be told.
    pub time_left: Option<u64>,
    /// The received file is here.
    pub keeping: Keeping,
    /// A picture of the file has this address, if it is a picture and here.
    pub preview: Option<String>,
}

impl ShownTransfer {
    /// Whether it waits for the user's answer.
    pub fn is_open_offer(&self) -> bool {
        self.key.side == Side::Receiver && self.stage == TransferStage::Offered
    }

    /// Whether it is there and would be lost with the page.
    pub fn is_unsaved(&self) -> bool {
        self.keeping == Keeping::WithPage
    }
}

/// One transfer of the list, with a signal of its own: progress renders one row anew.
#[derive(Clone)]
pub struct TransferRow {
    /// The list tells its rows apart by this.
    pub key: TransferKey,
    /// The transfer is like this now.
    pub shown: ArcRwSignal<ShownTransfer>,
}

/// The files of the visit. Only the engine writes them.
#[derive(Clone, Copy)]
pub struct FileSignals {
    /// All transfers that are shown are here, oldest first.
    pub rows: RwSignal<Vec<TransferRow>>,
    /// Those that wait for the user's answer are here as well, oldest first.
    pub offers: RwSignal<Vec<ShownTransfer>>,
    /// So many files are here and would be lost with the page; leaving asks first while there are any.
    pub unsaved: RwSignal<usize>,
}

impl Default for FileSignals {
    fn default() -> Self {
        Self {
            rows: RwSignal::new(Vec::new()),
            offers: RwSignal::new(Vec::new()),
            unsaved: RwSignal::new(0),
        }
    }
}

impl FileSignals {
    /// Shows these transfers, oldest first, touching only what is different.
    pub fn show(&self, transfers: Vec<ShownTransfer>) {
        let unsaved = transfers.iter().filter(|shown| shown.is_unsaved()).count();
        if self.unsaved.get_untracked() != unsaved {
            self.unsaved.set(unsaved);
        }
        let offers: Vec<ShownTransfer> = transfers
            .iter()
            .filter(|shown| shown.is_open_offer())
            .cloned()
            .collect();
        if self.offers.with_untracked(|known| *known != offers) {
            self.offers.set(offers);
        }
        let before = self.rows.get_untracked();
        let same = before.len() == transfers.len()
            && before
                .iter()
                .zip(&transfers)
                .all(|(row, shown)| row.key == shown.key);
        let rows: Vec<TransferRow> = transfers
            .into_iter()
            .map(|shown| row(&before, shown))
            .collect();
        if !same {
            self.rows.set(rows);
        }
    }
}

fn row(before: &[TransferRow], shown: ShownTransfer) -> TransferRow {
    match before.iter().find(|row| row.key == shown.key) {
        Some(row) => {
            if row.shown.with_untracked(|known| *known != shown) {
                row.shown.set(shown);
            }
            row.clone()
        }
        None => TransferRow {
            key: shown.key.clone(),
            shown: ArcRwSignal::new(shown),
        },
    }
}
