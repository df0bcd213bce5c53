//! Files, as the ui sees them and as it wishes them.

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use web_sys::File;

use crate::protocol::DisplayName;
use crate::room::messaging::files::{FileInfo, Side, TransferKey, TransferStage};
use crate::room::messaging::recipients::Recipients;

/// Files the user picked or dropped. Two picks are the same when they hold the same files.
#[derive(Clone, Debug)]
pub struct PickedFiles(pub SendWrapper<Vec<File>>);

impl PartialEq for PickedFiles {
    fn eq(&self, other: &Self) -> bool {
        *self.0 == *other.0
    }
}

/// What the user wants of files.
#[derive(Clone, Debug, PartialEq)]
pub enum FileAction {
    /// Offer these.
    Offer {
        /// Which.
        files: PickedFiles,
        /// To whom.
        to: Recipients,
    },
    /// Accept an offer; made from within a click, so that the browser lets the user choose a place.
    Accept(TransferKey),
    /// Accept every offer there is, to be saved later.
    AcceptAll,
    /// Decline every offer there is.
    DeclineAll,
    /// Decline an offer, or stop a transfer.
    Cancel(TransferKey),
    /// Save a received file to the downloads.
    Save(TransferKey),
    /// Save every received file that waits for it.
    SaveAll,
    /// Take a transfer that is over from the list.
    Dismiss(TransferKey),
    /// Take everything that is over, and needs nothing more, from the list.
    DismissAll,
}

/// Where the received file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keeping {
    /// Not here, or not yet.
    #[default]
    Nowhere,
    /// Where the user wanted it.
    Chosen,
    /// With the page: it is lost with it unless it is saved.
    WithPage,
    /// In the downloads.
    Saved,
}

/// A transfer as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownTransfer {
    /// Which.
    pub key: TransferKey,
    /// The other person.
    pub person: DisplayName,
    /// The file.
    pub file: FileInfo,
    /// Where it stands.
    pub stage: TransferStage,
    /// What is done, in bytes.
    pub done: u64,
    /// In bytes per second, when that can be told.
    pub rate: Option<u64>,
    /// In ms, when that can be told.
    pub time_left: Option<u64>,
    /// Where it is.
    pub keeping: Keeping,
    /// The address of a picture of it.
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
    /// Which.
    pub key: TransferKey,
    /// As it is now.
    pub shown: ArcRwSignal<ShownTransfer>,
}

/// The files of the visit. Written by the engine alone.
#[derive(Clone, Copy)]
pub struct FileSignals {
    /// All transfers that are shown, oldest first.
    pub rows: RwSignal<Vec<TransferRow>>,
    /// Those that wait for the user's answer, oldest first.
    pub offers: RwSignal<Vec<ShownTransfer>>,
    /// How many are there and would be lost with the page.
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
