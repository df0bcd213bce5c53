//! Where the way to a person stands, as everybody outside the model sees it.

use crate::room::moment::Moment;
use crate::room::path::diagnosis::PathFailure;

/// How a person's media reaches us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathState {
    /// Being set up since this moment.
    Connecting(Moment),
    /// Media can flow.
    Connected,
    /// It broke at this moment and is being repaired.
    Interrupted(Moment),
    /// It could not be set up or repaired; attempts become rare.
    Failed(PathFailure),
}
