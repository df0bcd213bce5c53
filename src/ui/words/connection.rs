//! What is written around the figures of the connections.

pub(crate) const FIGURES: &str = "Figures";
pub(crate) const NOBODY: &str = "Nobody else is here yet.";
pub(crate) const COPY_AS_TEXT: &str = "Copy as text";
pub(crate) const COPY_AS_JSON: &str = "Copy as JSON";

// The charts.
pub(crate) const RECEIVING: &str = "Receiving";
pub(crate) const SENDING: &str = "Sending";
pub(crate) const LOST: &str = "Lost";
pub(crate) const ROUND_TRIP: &str = "Round trip";
