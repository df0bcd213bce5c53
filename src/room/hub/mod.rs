//! The hub: our one connection to the SFU, and what goes on over it.
//!
//! Responsible for that connection, for what is watched over it, for who is in which of its slots, for the messages that take it,
//! and for whom the direct paths are needed besides. Invariant: it does nothing itself; what it wants are [`HubEffect`]s, and
//! what changes it is called by nobody but `visit::RULES`, which come with the second wasm.

mod attached;
mod carrier;
mod channel_event;
mod channels;
mod connection;
mod effect;
mod event;
mod fallback;
mod file_lane;
mod file_pace;
mod file_paths;
mod following;
mod members;
mod outgoing;
mod pausing;
mod proof;
mod renewals;
mod room_facts;
mod routing;
mod rules;
mod sample;
mod sections;
mod shown;
mod slots;
mod speech;
mod state;
mod strain;
mod takeover;
mod watching;

pub use channel_event::HubChannelEvent;
pub(crate) use effect::HubEffect;
pub(crate) use event::{FileDemand, HubContext, HubEvent, HubPerson, HubWelcome};
pub(crate) use fallback::{fallback, is_fallback};
pub use sample::LineSample;
pub use sections::{HubSection, SlotKind, sections_to_add};
pub(crate) use speech::SfuSpeech;
pub use state::Hub;
