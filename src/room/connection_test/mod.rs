//! The test of a connection: what is tried, what was found, and what it means.
//!
//! Invariant: every step ends with one [`Finding`](finding::Finding), and no finding contains an address; those are kept apart, in
//! [`Check::addresses`](check::Check::addresses).

pub(crate) mod candidate;
pub(crate) mod check;
pub(crate) mod finding;
pub(crate) mod servers;
#[cfg(test)]
mod tests;
pub(crate) mod verdict;

pub use candidate::{CandidateKinds, FoundCandidate};
pub use check::{Check, Gathering, device_finding, page_finding};
pub use finding::{Figure, Finding, Obstacle, Relayed, TestProgress, TestStep, Trouble};
pub use servers::{RelayTransport, TestServer, relays, stun_servers};
pub use verdict::{Gravity, TestVerdict, Ways};
