//! Perfect negotiation (W3C WebRTC section 10.7) with one peer, as a state machine without a browser.
//!
//! Beyond the specification's pattern: offers carry a serial, so that a lost message is repaired by saying it again and
//! a late one is recognised; and a description written by another connection than before replaces the connection
//! instead of being applied to the old one.

pub(crate) mod candidates;
pub(crate) mod description;
pub(crate) mod inbox;
pub(crate) mod lateness;
pub(crate) mod offer;
pub(crate) mod open;
pub(crate) mod operation;
pub(crate) mod outbox;
pub(crate) mod reopening;
pub(crate) mod state;
pub(crate) mod taken;
pub(crate) mod terms;
