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

impl PathStep {
    /// What a step of the negotiation comes to, unless the path itself has to see to it.
    pub(super) fn of(step: NegotiationStep) -> Option<Self> {
        match step {
            NegotiationStep::Command(command) => Some(Self::Command(command)),
            NegotiationStep::Send(signal) => Some(Self::Send(signal)),
            NegotiationStep::Refuse => None,
        }
    }
}
