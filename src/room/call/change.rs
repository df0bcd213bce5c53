//! What became different in the call, as far as the rest of the visit has to know.
//!
//! Invariant: whoever changes it says so; nobody compares the call before with the call after.

/// One thing that is different from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallChange {
    /// The participant wants in again after a call was over.
    Returns,
    /// The participant is in the call.
    Entered,
    /// The participant has another seat in the same call: to everyone there they are somebody new.
    Reseated,
    /// The server let the participant in, or back in: what it says of the SFU holds from now on.
    Welcomed,
    /// Others came or went.
    People,
    /// A device began or ended to send pictures, and has a tile now, or none any more.
    Tiles,
    /// Somebody, the participant among them, began or ended to share a screen.
    Screens,
    /// The participant is in the call no more.
    Ended,
}

#[cfg(test)]
#[path = "tests/change.rs"]
mod tests;
