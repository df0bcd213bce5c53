//! When pictures are held back, and what a connection was told of that.
//!
//! Invariant: a connection is told every change once; one that was just opened lets pictures flow.

use super::command::{PeerCommand, Pictures};
use super::stall::StallDetector;
use super::state::PathState;
use super::step::PathStep;

/// Whether pictures are worth sending on a path: they are while something arrives on it, for then what is sent probably
/// does, too.
pub(crate) fn worth_sending(state: PathState, arrivals: &StallDetector) -> Pictures {
    match state {
        PathState::Interrupted(_) => Pictures::Held,
        _ if arrivals.is_quiet() => Pictures::Held,
        PathState::Connecting(_) | PathState::Connected | PathState::Failed(_) => Pictures::Flowing,
    }
}

/// What the connection there is was last told.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PictureGate {
    /// The connection was last told this.
    told: Pictures,
}

impl PictureGate {
    /// What the connection is to be told, if that is news for it.
    pub(crate) fn steer(&mut self, pictures: Pictures) -> Option<PathStep> {
        let news = std::mem::replace(&mut self.told, pictures) != pictures;
        news.then_some(PathStep::Command(PeerCommand::SetPictures(pictures)))
    }
}
