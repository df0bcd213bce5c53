//! Adaptive sending: how much of what goes to whom.
//!
//! Responsible for dividing the uplink among the people of a mesh and for following each path's condition. Invariants:
//! sound comes before picture; a step down takes one sample, a step up several good ones, and a step up that failed
//! makes the next wait longer; targets are a function of the samples alone, so every run can be replayed.
//!
//! Use: tell the controller who is there, what is captured, and what each person asks to see; give it a
//! [`PeerFeedback`] per person every 2 s; apply what [`SendingController::take_changes`] returns with
//! `RTCRtpSender.setParameters`.

pub(crate) mod allocation;
pub(crate) mod congestion;
pub(crate) mod controller;
pub(crate) mod encoding;
pub(crate) mod feedback;
pub(crate) mod hub_targets;
pub(crate) mod layers;
pub(crate) mod loss;
pub(crate) mod plan;
pub(crate) mod processor;
pub(crate) mod rate_limit;
pub(crate) mod sender_goal;
pub(crate) mod sender_steering;
#[cfg(test)]
pub(crate) mod simulation;
pub(crate) mod strain;
pub(crate) mod target;
#[cfg(test)]
mod tests;
pub(crate) mod view;
pub(crate) mod viewing;

pub use hub_targets::HubTargets;
pub use sender_goal::{EncodingParameters, Parameter, SenderGoal};
pub use sender_steering::{CallEnd, SenderSteering};
pub use target::{AudioTarget, DataMode, SendTargets, VideoTarget};
