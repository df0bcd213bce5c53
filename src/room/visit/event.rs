//! What can happen to a visit: one enum that everything the model reacts to goes through.

use super::action::VisitAction;
use super::kept::Keeping;
use super::page::{CapturedPictures, Opening, Visibility};
use crate::room::call::event::Event;
use crate::room::channel::Channel;
use crate::room::dashboard::state::Rules;
use crate::room::hub::{HubChannelEvent, LineSample};
use crate::room::media::local::MediaEvent;
use crate::room::media::recording::RecordingProblem;
use crate::room::media::screen::ScreenEvent;
use crate::room::messaging::application::ApplicationRequest;
use crate::room::messaging::event::MessagingEvent;
use crate::room::messaging::files::effect::TransferKey;
use crate::room::participant::Participant;
use crate::room::quality::reading::Reading;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum VisitEvent {
    /// The page was looked at, and what earlier visits left was read. It comes first.
    Opened(Box<Opening>),
    /// The user wants something.
    Wanted(VisitAction),
    /// A program in the page wants something sent.
    Application(ApplicationRequest),
    /// The server, the socket or the connection of a path has something.
    Call(Event),
    /// The browser says something about the own camera and microphone.
    Media(MediaEvent),
    /// The browser says something about capturing the own screen.
    Screen(ScreenEvent),
    /// Pictures of another size are captured, or none any more.
    Captured(CapturedPictures),
    /// A data channel or a disk has something. [`MessagingEvent::Roster`], [`MessagingEvent::Reseated`] and
    /// [`MessagingEvent::Tick`] are the model's own affair.
    Messaging(MessagingEvent),
    /// The rules of the SFU were handed in ([`super::state::Visit::hand_in`]), or it is known that they will not come.
    SfuKnown,
    /// The server said something whose type is not known, in JSON.
    Unknown(String),
    /// A channel of the connection to the SFU has something.
    HubChannel(Channel, HubChannelEvent),
    /// Lines were looked at, as commanded.
    Sampled(Vec<LineSample>),
    /// The rules of the dashboard are here: they come with the second wasm. It may be told again.
    Dashboard(Rules),
    /// A received file is complete, and is there. It comes before the disk says that it is finished.
    Kept(TransferKey, Keeping),
    /// Everybody is this loud, `0.0..=1.0` (root mean square); whoever is missing is not heard. It comes about ten times
    /// a second while anybody is. The own level is that of a copy of the microphone's track that stays open while muted.
    Levels(Vec<(Participant, f32)>),
    /// The statistics of a connection were read, as commanded.
    Read(Box<Reading>),
    /// All connections were read.
    ReadingsEnded,
    /// The page came into sight, or went out of it.
    Sight(Visibility),
    /// Something happened to the own recording.
    Recording(RecordingEvent),
    /// Time passed. It comes at [`super::state::Visit::next_deadline`], and does no harm at any other time.
    Time,
}

/// What happens to the own recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingEvent {
    /// The place for recordings was looked at: an earlier visit left one unfinished, or did not.
    Unfinished(bool),
    /// It began, as commanded.
    Began,
    /// It cannot begin in this browser.
    Unavailable,
    /// The browser makes pieces faster than the disk takes them; it is ending.
    TooSlow,
    /// Its last piece is written.
    Ended {
        /// Nothing was written, so there is nothing to hand over.
        is_empty: bool,
        /// It ended for this, unless the user ended it.
        problem: Option<RecordingProblem>,
    },
    /// What was recorded went to the browser's downloads, or could not.
    HandedOver {
        /// It had ended for this, unless the user had ended it.
        problem: Option<RecordingProblem>,
        /// Handing it over worked.
        saved: bool,
    },
}
