//! The kinds of messages that are passed on as they are, each with a rate of its own.

/// What people say to each other through the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RelayKind {
    /// An offer or an answer.
    Description,
    /// An ICE candidate, or the end of them.
    Candidate,
}
