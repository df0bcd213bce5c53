//! What is told in passing.

use super::action::Action;
use crate::room::Notice;

/// A notice while it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownNotice {
    /// The number tells two notices of the same words apart.
    pub id: u64,
    /// The event it tells of; its words are the ui's.
    pub notice: Notice,
    /// A press on its button asks for this, and the notice goes with it. Most have no button.
    pub action: Option<Action>,
}
