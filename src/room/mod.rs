//! The room as one participant sees it: a pure model, compiled for the browser and for native tests alike.
//!
//! Responsible for every decision of the client. Invariant: no clock, no randomness and no browser in here; time and
//! chance are arguments ([`Circumstance`]), and what should happen is returned as [`Effect`]s.

pub mod application;
mod arrivals;
pub mod attention;
pub mod audience;
pub mod backoff;
mod capture;
pub mod capture_settings;
pub mod channel;
pub mod chat;
pub mod check;
mod departure;
pub mod devices;
mod effect;
mod event;
#[cfg(test)]
mod fixture;
pub mod hands;
mod invitation;
mod joining;
pub mod layout;
pub mod live;
mod media;
pub mod negotiation;
mod notice;
pub mod ordered;
mod outage;
mod path;
mod person;
mod preferences;
mod privacy;
mod probe;
pub mod quality;
#[cfg(test)]
mod random;
mod reach;
pub mod recorders;
pub mod recording;
mod recovery;
mod roster;
pub mod screen;
pub mod sending;
#[cfg(test)]
mod simulation;
pub mod speaking;
pub mod stage;
mod state;
pub mod talk;
pub mod transfer;
mod update;

pub use arrivals::Awaited;
pub use effect::{Effect, PeerCommand, Route};
pub use event::{Circumstance, ConnectionState, Event, Intent, Moment, PeerEvent, SocketEvent};
pub use invitation::{InvitationError, parse_invitation};
pub use media::{
    Capture, Device, DeviceId, DeviceKind, Environment, LocalMedia, MediaCommand, MediaEvent,
    MediaIntent, MediaProblem, Requests, Source, Switch,
};
pub use notice::Notice;
pub use person::{Hand, Link, Participant, Person, Presence, TrackKind};
pub use preferences::Preferences;
pub use privacy::{AddressChoice, AddressPrivacy};
pub use reach::{ConnectionStage, Failure, Pair};
pub use state::{Call, Departure, DepartureCause, Entry, JoinProblem, Lobby, Outage, RoomState};
pub use update::update;
