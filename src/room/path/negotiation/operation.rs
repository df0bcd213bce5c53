//! The browser operations: one at a time for each connection, tried twice.
//!
//! Invariant: a running operation is known until the browser has reported its end.

use super::offer::RemoteOffer;
use crate::room::moment::Moment;
use crate::room::path::command::PeerCommand;

/// An operation is tried again this long after a failure, in ms.
const PAUSE_MS: u64 = 200;

/// The browser was told to do this.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    /// An offer is being made, with new ICE credentials if `ice_restart` says so.
    Offering { ice_restart: bool },
    /// This offer of the peer's is taken, and answered.
    Accepting {
        /// The peer sent this offer.
        offer: RemoteOffer,
        /// The browser is given this description: the offer's without candidates too many.
        sdp: String,
    },
    /// This answer of the peer's is taken.
    Applying { sdp: String },
}

impl Operation {
    pub(crate) fn command(&self) -> PeerCommand {
        match self {
            Self::Offering { ice_restart } => PeerCommand::Offer {
                ice_restart: *ice_restart,
            },
            Self::Accepting { sdp, .. } => PeerCommand::AcceptOffer { sdp: sdp.clone() },
            Self::Applying { sdp } => PeerCommand::AcceptAnswer { sdp: sdp.clone() },
        }
    }
}

/// A failure leads to this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OperationFailure {
    /// The operation is tried once more.
    Again,
    /// The operation failed twice.
    Final,
}

/// An operation has a second attempt, after a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OperationAttempt {
    /// It was tried once, and the browser has not answered.
    First,
    /// It failed once, and is tried again at this moment.
    Pausing(Moment),
    /// It was tried again, and the browser has not answered: another failure is final.
    Second,
}

/// An operation under way.
#[derive(Clone, Debug)]
pub(crate) struct RunningOperation {
    /// The browser does this.
    pub(crate) operation: Operation,
    /// The browser was told to then: one that takes too long is given up.
    pub(crate) began: Moment,
    /// The operation is tried for the first time, or once more.
    attempt: OperationAttempt,
}

impl RunningOperation {
    pub(crate) fn new(operation: Operation, began: Moment) -> Self {
        Self {
            operation,
            began,
            attempt: OperationAttempt::First,
        }
    }

    pub(crate) fn fail(&mut self, now: Moment) -> OperationFailure {
        match self.attempt {
            OperationAttempt::First => {
                self.attempt = OperationAttempt::Pausing(now.plus(PAUSE_MS));
                OperationFailure::Again
            }
            OperationAttempt::Pausing(_) => OperationFailure::Again,
            OperationAttempt::Second => OperationFailure::Final,
        }
    }

    /// When [`Self::retry`] tries it again; `None` when it did not fail, or did already try again.
    pub(crate) fn retry_at(&self) -> Option<Moment> {
        match self.attempt {
            OperationAttempt::Pausing(until) => Some(until),
            OperationAttempt::First | OperationAttempt::Second => None,
        }
    }

    /// The command of the second attempt, when its time has come.
    pub(crate) fn retry(&mut self, now: Moment) -> Option<PeerCommand> {
        if self.retry_at().is_none_or(|due| due > now) {
            return None;
        }
        self.attempt = OperationAttempt::Second;
        self.began = now;
        Some(self.operation.command())
    }
}
