//! The rooms: a pure core that knows who sits where, an actor around each, and the registry that finds them.
//!
//! Invariant: a room never waits for a connection. What it has to say goes into bounded outboxes; a connection whose
//! outbox is full is closed as too slow, and its seat is kept like that of any lost connection. What people say to each
//! other has a share of these outboxes, and closes nobody.

mod actor;
mod address_turn;
mod admission;
mod core;
mod deciding;
mod directory;
mod entrance;
mod ids;
mod join_queue;
mod kept_seats;
mod leaving;
mod mode;
mod mode_facts;
mod open_rooms;
pub(crate) mod outbox;
mod registry;
mod relay_kind;
mod rotation;
mod seat;
mod sfu_access;
mod sfu_presence;
mod sfu_seats;
mod sfu_standing;
mod shared;
mod stopping;
mod strain;
mod target_rates;

pub(crate) use directory::Undelivered;
pub(crate) use ids::ConnectionId;
pub(crate) use open_rooms::RoomCaps;
pub(crate) use registry::Rooms;
pub(crate) use relay_kind::RelayKind;
pub(crate) use seat::{Entry, JoinRefusal, JoinRequest, SeatHandle, WaitingJoin};
pub(crate) use sfu_access::{SfuAccess, TooManyOffers};
