//! The SFU (RFC 7667 section 3.7): takes each person's media once and passes it on to whoever watches or listens.
//!
//! The rules are in [`core`], without sockets and clocks; a thread with a socket is around it. Invariant: nobody outside
//! waits for it. What it is told goes into a [`letterbox`] that keeps the newest of each kind, and what it says goes into
//! the connections' outboxes.

mod allocation;
mod answer_text;
mod answering;
mod assigning;
mod binding;
mod candidates;
mod channel_queue;
mod channels;
mod closing_ranks;
mod core;
mod demand;
mod demux;
mod description;
mod distribution;
mod door;
mod door_queue;
mod egress;
mod figures;
mod forwarding;
mod gathering;
mod handle;
mod headroom;
mod keys;
mod layer_meter;
mod letterbox;
mod line;
mod listeners;
mod liveness;
mod load;
mod looking_after;
mod media_places;
mod member;
mod offer_text;
mod offload;
mod options;
mod outgoing;
mod passing_messages;
mod picture_grant;
mod picture_history;
mod picture_packet;
mod picture_slot;
mod policing;
mod probe;
mod publication;
mod relayed;
mod rewriting;
mod room;
mod routing_line;
mod rtcp;
mod seating;
mod session;
mod session_channels;
mod session_media;
mod session_ways;
mod shard;
mod sharing;
mod socket;
mod srtp;
mod start;
mod start_error;
#[cfg(test)]
#[path = "tests/stun_fixture.rs"]
mod stun_fixture;
mod thinning;
mod timers;
mod turn_times;
mod voices;
mod waker;
mod wanted_layers;
mod ways;
mod whereabouts;

pub(crate) use door::{Door, RelayClients};
pub(crate) use figures::ShardFigures;
pub(crate) use handle::{Sfu, SfuRoom, SfuSeat};
pub(crate) use listeners::{Client, Hearing};
pub(crate) use media_places::MediaPlaces;
pub(crate) use options::{PlaceChoice, SfuMode, SfuOptions};
pub(crate) use probe::MediaPortProbe;
pub use start_error::SfuStartError;
