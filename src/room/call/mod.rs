//! Who is in the call and whether this participant is: joining, leaving, reconnecting, and the way to each person.

pub(crate) mod address_choice;
pub mod backoff;
pub(crate) mod change;
pub(crate) mod deadline;
pub(crate) mod effect;
pub(crate) mod event;
pub mod hands;
pub(crate) mod heartbeat;
pub(crate) mod joining;
pub(crate) mod leaving;
pub(crate) mod media_port;
pub(crate) mod message_bound;
pub(crate) mod namesakes;
pub(crate) mod passage;
pub(crate) mod paths;
pub(crate) mod paused;
pub(crate) mod person;
pub(crate) mod reception;
pub(crate) mod reconnecting;
pub(crate) mod roster;
pub(crate) mod state;
pub(crate) mod turn;
pub(crate) mod update;
