//! What a path wants done.

use super::command::PeerCommand;
use super::negotiation::terms::{NegotiationStep, Signal};

/// One thing that a path wants done. They are done in order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PathStep {
    /// The driver does this with the path's connection.
    Command(PeerCommand),
    /// The other end of the path is told this, through the server.
    Send(Signal),
    /// Something points to trouble: the server is asked whether it hears us, for fresh credentials, which a repair needs
    /// anyway.
    DoubtServer,
    /// The path has just failed: the user is told.
    GiveUp,
}

impl From<NegotiationStep> for PathStep {
    fn from(step: NegotiationStep) -> Self {
        match step {
            NegotiationStep::Command(command) => Self::Command(command),
            NegotiationStep::Send(signal) => Self::Send(signal),
        }
    }
}
