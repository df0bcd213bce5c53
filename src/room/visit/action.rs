//! What the user can want of a visit, as far as the model has a say in it.

use super::page::TileHeights;
use crate::protocol::PeerId;
use crate::room::call::event::CallAction;
use crate::room::media::local::MediaAction;
use crate::room::media::recording::action::RecordingAction;
use crate::room::media::screen::ScreenAction;
use crate::room::messaging::application::Topic;
use crate::room::messaging::event::MessagingAction;
use crate::room::messaging::files::effect::TransferKey;
use crate::room::path::address_privacy::AddressPrivacy;
use crate::room::path::server_media::ServerMedia;
use crate::room::sending::target::DataMode;
use crate::room::stage::choices::StageAction;
use crate::room::switch::Switch;

/// One wish.
#[derive(Clone, Debug, PartialEq)]
pub enum VisitAction {
    /// It is about the call: joining, leaving, the hand, trying a connection again.
    Call(CallAction),
    /// It is about the own camera and microphone.
    Media(MediaAction),
    /// It is about the own screen.
    Screen(ScreenAction),
    /// The stage shall be arranged otherwise.
    Stage(StageAction),
    /// It is about chat, reactions, pointers, or the offer of files.
    Messaging(MessagingAction),
    /// It is about files that were offered already.
    Files(FileAction),
    /// It is about the own recording.
    Record(RecordingAction),
    /// This control of this device is pressed.
    Press(PeerId, Topic),
    /// Media shall be this sparing with data from now on.
    SetData(DataMode),
    /// The lobby shall offer this name at the next visit.
    RememberName(String),
    /// The others may learn this computer's address, or may not.
    SetAddressPrivacy(AddressPrivacy),
    /// The own media may go through the server from the next call on, or never does.
    SetServerMedia(ServerMedia),
    /// Coming, going, messages and hands shall be heard, or not.
    SetSounds(Switch),
    /// The tiles have another height on the screen now; people are asked for pictures of that size.
    SetHeights(TileHeights),
}

/// What the user asks about files that were offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileAction {
    /// An offer is accepted. This is asked from within a click, so that the browser lets the user choose a place.
    Accept(TransferKey),
    /// Every offer there is is accepted, to be saved later: nobody answers a hundred questions for a place.
    AcceptAll,
    /// Every offer there is is declined.
    DeclineAll,
    /// An offer is declined, or a transfer stopped.
    Cancel(TransferKey),
    /// A received file shall go to the downloads.
    Save(TransferKey),
    /// Every received file that would be lost with the page shall go to the downloads.
    SaveAll,
    /// A transfer that is over shall go from the list.
    Dismiss(TransferKey),
    /// Everything that is over, and needs nothing more, shall go from the list.
    DismissAll,
}
