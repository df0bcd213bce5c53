//! What the ui asks for: everything a person can want of a visit, as a value.

use futures::channel::mpsc;

use super::files::PickedFiles;
use crate::room::dashboard::Rules;
use crate::room::messaging::recipients::Recipients;
use crate::room::visit::VisitAction;

/// What the user asks of the engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The model decides about it.
    Visit(VisitAction),
    /// Files shall be offered.
    OfferFiles {
        /// The user picked or dropped these.
        files: PickedFiles,
        /// They are offered to these people.
        to: Recipients,
    },
    /// The check of the connection shall begin or end.
    Check(ConnectionTestAction),
    /// This text shall be copied to the clipboard.
    CopyText(String),
    /// The room's link shall be copied to the clipboard.
    CopyLink,
    /// Voices shall be heard. The browser's autoplay policy wants this asked from within a tap.
    AllowSound,
    /// A sound shall be played on the chosen speaker.
    TestSpeaker,
    /// The clock that is shown shall go on: somebody looks at it.
    ShowTime,
    /// What devices say shall be understood by these rules, which came with the second wasm.
    UseDashboard(Rules),
}

impl From<VisitAction> for Action {
    fn from(action: VisitAction) -> Self {
        Self::Visit(action)
    }
}

/// What the user asks of the check of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionTestAction {
    /// A check begins, in place of any that is under way.
    Start,
    /// The check ends, wherever it is.
    Stop,
}

/// The end from which the engine takes what is asked.
pub type Actions = mpsc::Receiver<Action>;
