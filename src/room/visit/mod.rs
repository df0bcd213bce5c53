//! One visit to one room: everything a participant sees and does there, in one reducer.
//!
//! Use: keep one [`Visit`], hand it every [`VisitEvent`], perform the [`VisitEffect`]s it returns in their order, and hand it
//! [`VisitEvent::Time`] at [`Visit::next_deadline`].

pub(crate) mod action;
pub(crate) mod attention;
mod backlog;
pub(crate) mod calling;
pub(crate) mod capturing;
mod catching_up;
pub(crate) mod channel_carriers;
pub(crate) mod connections;
pub(crate) mod dashboard;
pub(crate) mod deadline;
pub(crate) mod effect;
pub(crate) mod event;
pub(crate) mod files;
pub(crate) mod kept;
pub(crate) mod messaging;
pub(crate) mod own_recording;
pub(crate) mod page;
pub(crate) mod people_quality;
pub(crate) mod quality;
pub(crate) mod recording;
pub(crate) mod scene;
pub(crate) mod sfu;
pub(crate) mod sfu_channels;
pub(crate) mod sfu_event;
pub(crate) mod sfu_files;
pub(crate) mod sfu_rules;
pub(crate) mod showing;
pub(crate) mod state;
pub(crate) mod turn;
pub(crate) mod viewing;

pub use action::{FileAction, VisitAction};
pub use effect::{Aspect, RecordingCommand, VisitEffect};
pub use event::{RecordingEvent, VisitEvent};
pub use kept::Keeping;
pub use page::{CapturedPictures, Opening, TileHeights, Visibility};
pub use people_quality::PeopleQuality;
pub use scene::Scene;
pub use sfu_rules::RULES;
pub use state::{SfuRules, Visit};

#[cfg(test)]
#[path = "tests/crowd.rs"]
mod crowd;
#[cfg(test)]
#[path = "tests/large_room.rs"]
mod large_room;
