//! What a receiver's line carries, estimated by the sender from what the receiver says of each packet: when it arrived, and whether.
//!
//! It is the congestion control of draft-ietf-rmcat-gcc-02 for a sender that seldom has enough to send to fill the line, to receivers
//! that may be slow in reading: what is sent less than the line carries is no reason to think less of it, and what is read late is no
//! queue.
//!
//! Invariant: whatever a receiver says, the estimate stays between a floor and a ceiling, and work and memory stay bounded.

mod busy;
mod delay_limit;
mod estimate;
mod flow;
mod groups;
mod history;
mod loss_limit;
mod loss_reports;
mod micros;
mod probe;
mod probe_answer;
mod probing;
mod queue;
mod receiver_clock;
mod silence;
mod trend;
mod view;

pub(super) use estimate::{Line, Sent};
pub(super) use probe::{Probe, ProbeId};

#[cfg(test)]
#[path = "tests/link.rs"]
pub(super) mod link;
#[cfg(test)]
#[path = "tests/simulation.rs"]
mod simulation;
#[cfg(test)]
#[path = "tests/world.rs"]
mod world;
