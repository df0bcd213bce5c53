//! Where the way to a person stands, as everybody outside the model sees it.

use crate::room::moment::Moment;
use crate::room::path::diagnosis::PathFailure;

/// A person's media reaches us like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathState {
    /// The path is being set up since this moment.
    Connecting(Moment),
    /// Media can flow.
    Connected,
    /// The path broke at this moment and is being repaired.
    Interrupted(Moment),
    /// The path could not be set up or repaired; attempts become rare.
    Failed(PathFailure),
}
