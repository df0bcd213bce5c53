//! The check of a connection: what is tried, what was found, what it means, and how that is said.
//!
//! Invariant: every step ends with one [`Finding`](finding::Finding), and no words or figures made from findings contain an address; those are
//! kept apart, in [`Check::addresses`](check::Check::addresses).

pub(crate) mod candidate;
pub(crate) mod check;
pub(crate) mod finding;
pub(crate) mod report;
pub(crate) mod servers;
#[cfg(test)]
mod tests;
pub(crate) mod verdict;
pub(crate) mod words;

pub use candidate::{CandidateKinds, FoundCandidate};
pub use check::{Check, Gathering, device_finding, page_finding};
pub use finding::{Figure, Finding, Obstacle, Relayed, TestProgress, TestStep, Trouble};
pub use report::{Addresses, report};
pub use servers::{RelayTransport, TestServer, relays, stun_servers};
pub use verdict::{Gravity, TestVerdict, Ways};
pub use words::{advice, figure, name, result, sentence};
