//! What the user wants of the check of the connection.

/// The wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionTestAction {
    /// Begin, or begin anew.
    Start,
    /// End it, wherever it is.
    Stop,
}
