//! The room as one participant sees it: a pure model, compiled for the browser and for native tests alike.
//!
//! Responsible for every decision of the client. Invariant: no clock, no randomness and no browser in here; time and
//! chance are arguments ([`Context`]), and what should happen is returned as [`Effect`]s.

pub mod attention;
pub mod call;
pub(crate) mod channel;
pub mod connection_test;
pub(crate) mod context;
pub mod dashboard;
pub(crate) mod device;
pub(crate) mod hub;
pub(crate) mod invitation;
pub mod media;
pub(crate) mod member;
pub mod messaging;
pub(crate) mod messaging_error;
pub(crate) mod moment;
pub(crate) mod notice;
pub mod ordered;
pub(crate) mod participant;
pub mod path;
pub(crate) mod person_name;
pub(crate) mod preferences;
pub mod quality;
pub mod sending;
pub mod stage;
pub(crate) mod switch;
#[cfg(test)]
mod testing;
pub mod visit;

pub use call::address_choice::AddressChoice;
pub use call::event::{CallAction, Event, SocketEvent};
pub use call::media_port::{MediaPortCause, MediaPortTrouble, NextTry};
pub use call::passage::Passage;
pub use call::paused::PausedPictures;
pub use call::person::{Person, Presence};
pub use call::state::{Call, Departure, DepartureCause, JoinProblem, RoomState};
pub use hub::HubChannelEvent;
pub use invitation::{InvitationError, parse_invitation};
pub use media::local::{
    Capture, Environment, LocalMedia, MediaAction, MediaCommand, MediaEvent, MediaProblem, Source,
};
pub use messaging_error::{MessageError, MessagingError, OfferError, ReactionError};
pub use notice::{Excerpt, Names, Notice, Occasion};
pub use path::diagnosis::{ConnectionStage, Pair, PathFailure};
pub use path::stall::Awaited;
pub use preferences::Preferences;
pub use visit::{
    Aspect, CapturedPictures, FileAction, Keeping, Opening, RecordingCommand, RecordingEvent,
    Scene, TileHeights, Visibility, Visit, VisitAction, VisitEffect, VisitEvent,
};

pub use self::context::Context;
pub use self::device::{Device, DeviceId, DeviceKind};
pub use self::moment::Moment;
pub use self::participant::{Hand, Participant, TrackKind};
pub use self::path::address_privacy::AddressPrivacy;
pub use self::path::command::{PeerCommand, Pictures, Route, Shape, SlotCounts};
pub use self::path::id::PathId;
pub use self::path::lines::{LineKey, LineTable, Medium, Section, VoiceLine};
pub use self::path::link::Carrier;
pub use self::path::media_port::media_port;
pub use self::path::report::{ConnectionState, PeerEvent};
pub use self::path::sections::kinds_to_offer;
pub use self::path::server_media::ServerMedia;
pub use self::path::state::PathState;
pub use self::switch::Switch;
