//! The browser operations: one at a time for each connection, tried twice.
//!
//! Invariant: a running operation is known until the browser has reported its end.

use crate::room::call::effect::PeerCommand;
use crate::room::call::event::Moment;

use super::open::RemoteOffer;

/// How long after a failure an operation is tried again, in ms.
const PAUSE_MS: u64 = 200;

/// What the browser was told to do.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Offering { ice_restart: bool },
    Accepting(RemoteOffer),
    Applying { sdp: String },
}

impl Operation {
    pub(crate) fn command(&self) -> PeerCommand {
        match self {
            Self::Offering { ice_restart } => PeerCommand::Offer {
                ice_restart: *ice_restart,
            },
            Self::Accepting(offer) => PeerCommand::AcceptOffer {
                sdp: offer.sdp.clone(),
            },
            Self::Applying { sdp } => PeerCommand::AcceptAnswer { sdp: sdp.clone() },
        }
    }
}

/// What a failure leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The operation is tried once more.
    Again,
    /// It failed twice.
    Final,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attempt {
    First,
    Pausing(Moment),
    Second,
}

/// An operation under way.
#[derive(Clone, Debug)]
pub(crate) struct Running {
    pub(crate) operation: Operation,
    pub(crate) began: Moment,
    attempt: Attempt,
}

impl Running {
    pub(crate) fn new(operation: Operation, began: Moment) -> Self {
        Self {
            operation,
            began,
            attempt: Attempt::First,
        }
    }

    pub(crate) fn fail(&mut self, now: Moment) -> Failure {
        match self.attempt {
            Attempt::First => {
                self.attempt = Attempt::Pausing(now.plus(PAUSE_MS));
                Failure::Again
            }
            Attempt::Pausing(_) => Failure::Again,
            Attempt::Second => Failure::Final,
        }
    }

    /// The command of the second attempt, when its time has come.
    pub(crate) fn retry(&mut self, now: Moment) -> Option<PeerCommand> {
        match self.attempt {
            Attempt::Pausing(until) if until <= now => {
                self.attempt = Attempt::Second;
                self.began = now;
                Some(self.operation.command())
            }
            _ => None,
        }
    }
}
