//! The room as one participant sees it: a pure model, compiled for the browser and for native tests alike.
//!
//! Responsible for every decision of the client. Invariant: no clock, no randomness and no browser in here; time and
//! chance are arguments ([`Context`]), and what should happen is returned as [`Effect`]s.

pub mod attention;
pub mod call;
pub mod connection_test;
mod invitation;
pub mod media;
pub mod messaging;
mod notice;
pub mod ordered;
pub mod path;
mod preferences;
pub mod quality;
#[cfg(test)]
mod random;
pub mod sending;
pub mod stage;
#[cfg(test)]
mod testing;

pub use call::address_choice::{AddressChoice, AddressPrivacy};
pub use call::effect::{Effect, PeerCommand, Route};
pub use call::event::{
    CallAction, ConnectionState, Context, Event, Moment, PeerEvent, SocketEvent,
};
pub use call::person::{Hand, Participant, PathState, Person, Presence, TrackKind};
pub use call::state::{
    Call, Departure, DepartureCause, JoinAttempt, JoinProblem, Lobby, Outage, RoomState,
};
pub use call::update::update;
pub use invitation::{InvitationError, parse_invitation};
pub use media::local::{
    Capture, Device, DeviceId, DeviceKind, Environment, LocalMedia, MediaAction, MediaCommand,
    MediaEvent, MediaProblem, Requests, Source, Switch,
};
pub use notice::Notice;
pub use path::diagnosis::{ConnectionStage, Pair, PathFailure};
pub use path::stall::Awaited;
pub use preferences::Preferences;
