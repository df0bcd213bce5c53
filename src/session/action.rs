//! What the ui asks for: everything a person can want of a visit, as a value.

use futures::channel::mpsc;

use super::files::FileAction;
use super::recording::RecordingAction;
use crate::room::media::screen::ScreenAction;
use crate::room::messaging::MessagingAction;
use crate::room::sending::DataMode;
use crate::room::stage::StageAction;
use crate::room::{AddressPrivacy, CallAction, MediaAction, Switch};

/// What the user asks of the engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Something of the call: joining, leaving, the hand, trying a connection again.
    Room(CallAction),
    /// Something of the own camera and microphone.
    Media(MediaAction),
    /// Something of the own screen.
    Screen(ScreenAction),
    /// Another arrangement of the stage.
    Stage(StageAction),
    /// Something of the files that are sent and received.
    Files(FileAction),
    /// Something of chat, reactions or pointers.
    Messaging(MessagingAction),
    /// Something of the own recording.
    Record(RecordingAction),
    /// Media shall be this sparing with data from now on.
    SetData(DataMode),
    /// The check of the connection shall begin or end.
    Check(ConnectionTestAction),
    /// This text shall be copied to the clipboard.
    CopyText(String),
    /// The lobby shall offer this name at the next visit.
    RememberName(String),
    /// The others may learn this computer's address, or may not.
    SetAddressPrivacy(AddressPrivacy),
    /// Voices shall be heard. The browser's autoplay policy wants this asked from within a tap.
    AllowSound,
    /// A sound shall be played on the chosen speaker.
    TestSpeaker,
    /// Coming, going, messages and hands shall be heard, or not.
    SetSounds(Switch),
    /// The room's link shall be copied to the clipboard.
    CopyLink,
}

/// What the user asks of the check of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionTestAction {
    /// A check begins, in place of any that is under way.
    Start,
    /// The check ends, wherever it is.
    Stop,
}

/// The end from which the engine takes what is asked.
pub type Actions = mpsc::Receiver<Action>;
