//! The received files that are here, and when the list of files is shown anew.

use crate::room::messaging::files::effect::TransferKey;
use crate::room::moment::Moment;
use crate::room::ordered::OrderedMap;

/// Progress of files is shown at most so often, in ms.
const SHOWN_EVERY_MS: u64 = 250;

/// Where a received file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keeping {
    /// It is not here, or not yet.
    #[default]
    Nowhere,
    /// It is where the user wanted it.
    Chosen,
    /// It is with the page, and is lost with it unless it is saved.
    WithPage,
    /// It is in the downloads.
    Saved,
}

/// The received files that are here, and when the list is shown anew.
#[derive(Clone, Debug, Default)]
pub(super) struct KeptFiles {
    /// Each received file that is here is kept like this.
    places: OrderedMap<TransferKey, Keeping>,
    /// What is shown is out of date, and is renewed at this moment.
    due: Option<Moment>,
}

impl KeptFiles {
    /// Where a received file is.
    pub(super) fn keeping(&self, key: &TransferKey) -> Keeping {
        self.places.get(key).copied().unwrap_or_default()
    }

    /// A received file is let go.
    pub(super) fn forget(&mut self, key: &TransferKey) {
        self.places.remove(key);
    }

    /// The list is shown as it is now.
    pub(super) fn is_shown(&mut self) {
        self.due = None;
    }

    /// A received file is here.
    pub(super) fn keep(&mut self, key: TransferKey, keeping: Keeping) {
        self.places.insert(key, keeping);
    }

    /// Something moved that need not be shown at once.
    pub(super) fn show_soon(&mut self, now: Moment) {
        self.due.get_or_insert(now.plus(SHOWN_EVERY_MS));
    }

    /// The list is shown anew at this moment, if it is out of date.
    pub(super) fn due(&self) -> Option<Moment> {
        self.due
    }
}
