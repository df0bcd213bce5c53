//! What should happen in a visit: the model returns these, the driver performs them in order.

use std::sync::Arc;

use crate::protocol::{ClientMessage, IceTransportPolicy, PeerId, ResumeToken, RoomName};
use crate::room::attention::sound::Sound;
use crate::room::channel::Channel;
use crate::room::media::local::MediaCommand;
use crate::room::media::recording::RecordingProblem;
use crate::room::media::recording::action::RecordingKind;
use crate::room::media::screen::ScreenCommand;
use crate::room::messaging::application::{ApplicationError, ReceivedApplicationMessage};
use crate::room::messaging::channel::frame::Frame;
use crate::room::messaging::chat::change::EntryChange;
use crate::room::messaging::files::effect::{DiskCommand, TransferKey};
use crate::room::messaging::files::file::FileInfo;
use crate::room::notice::Notice;
use crate::room::participant::TrackKind;
use crate::room::path::command::PeerCommand;
use crate::room::path::id::PathId;
use crate::room::path::stall::Awaited;
use crate::room::sending::hub_targets::HubTargets;
use crate::room::sending::target::SendTargets;
use crate::room::visit::action::VisitAction;

/// One thing for the driver to do.
#[derive(Clone, Debug, PartialEq)]
pub enum VisitEffect {
    /// The WebSocket is opened after `after_ms` (0 is now), replacing any that is open or waiting to be.
    Connect {
        /// The wait takes so many ms.
        after_ms: u64,
    },
    /// The WebSocket is closed for good, once what was sent before has left.
    Disconnect,
    /// A message goes to the server; it is dropped when no socket is open.
    Send(ClientMessage),
    /// The server is told by a request of its own, which outlives the page, that the seat is given up.
    GiveUpSeat {
        /// The seat is in this room.
        room: RoomName,
        /// It is the one that this token is for.
        resume: ResumeToken,
    },
    /// Something is done with the connection of a path.
    Path {
        /// The path is this one.
        path: PathId,
        /// This person is at its other end.
        to: PeerId,
        /// This is done.
        command: PeerCommand,
    },
    /// Connections to people use these candidates, those there are and those to come.
    SetIceTransportPolicy(IceTransportPolicy),
    /// What arrived on the connection of a path is counted, and reported as `Received`.
    CountArrivals {
        /// The path is this one.
        path: PathId,
        /// This much should arrive.
        awaited: Awaited,
    },
    /// The statistics of every connection are read: a `Read` for each, and `ReadingsEnded` at the end, at once without any.
    ReadConnections,
    /// This is sent to a person from now on.
    Steer(PeerId, SendTargets),
    /// The connection to the SFU, on this path, sends this much from now on.
    SteerHub(PathId, HubTargets),
    /// The receiving sections of the connection to the SFU carry these tracks from now on, by their `mid`, and no others.
    Attribute(Vec<(String, PeerId, TrackKind)>),
    /// What somebody sends of this kind is heard or seen over this path from now on, and over no other.
    Choose(PeerId, TrackKind, PathId),
    /// Lines are looked at: `Sampled` tells at once what arrived last on each.
    SampleLines,
    /// A frame goes out as it is on a channel of the connection to the SFU; it is dropped when that is not open. After binary frames the
    /// driver reports `Buffered`.
    TransmitToHub {
        /// It goes on this channel.
        channel: Channel,
        /// It holds this.
        frame: Frame,
    },
    /// A channel of the connection to the SFU is created again under its id, once the one before is closed.
    OpenHubChannel(Channel),
    /// Something is done with camera and microphone.
    Capture(MediaCommand),
    /// Something is done with the capture of the screen.
    Screen(ScreenCommand),
    /// The tracks that are captured now are those that are sent, shown and measured.
    AttachTracks,
    /// A frame goes out on a person's data channel; it is dropped when that is not open. After the binary frames of one
    /// event the driver reports `Buffered`.
    Transmit {
        /// It goes to this person.
        peer: PeerId,
        /// It goes on this channel.
        channel: Channel,
        /// It holds this.
        frame: Frame,
    },
    /// Messages reach somebody from now on, where the rules of the SFU are here.
    Reached(PeerId),
    /// Messages reach somebody no more, or over another connection from now on, and what is under way may be lost.
    Lost(PeerId),
    /// A person's data channel is closed for good.
    CloseChannel {
        /// The person is this one.
        peer: PeerId,
        /// The channel is this one.
        channel: Channel,
    },
    /// Something is done with a file.
    Disk(DiskCommand),
    /// The file that is opened next for this transfer stays with the page: nobody is asked for a place.
    KeepWithPage(TransferKey),
    /// A received file goes to the browser's downloads.
    SaveFile(TransferKey, FileInfo),
    /// What is kept of a transfer is let go.
    ForgetFile(TransferKey),
    /// The user is told something that passes.
    Notify(Notice),
    /// The user is told something that passes, with a button that asks for this.
    Offer(Notice, VisitAction),
    /// A sound is played on the chosen speaker.
    Play(Sound),
    /// The screen stays on from now on, or may go off.
    KeepAwake(bool),
    /// Something is done with the own recording.
    Recording(RecordingCommand),
    /// The programs in the page are handed a message.
    HandToApplications {
        /// Its author is called this; nothing, if they have gone.
        name: String,
        /// It says this.
        message: Arc<ReceivedApplicationMessage>,
    },
    /// A program in the page is told why what it wanted is not done.
    RefuseApplication(ApplicationError),
    /// The browser remembers the preferences as they are now.
    Remember,
    /// The driver looks whether anything of the page can be seen, and says so if that is different.
    LookAtPage,
    /// This became of the conversation, one change after another.
    Conversation(Vec<EntryChange>),
    /// This part of what is shown is different.
    Changed(Aspect),
}

/// A part of what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// It is the state of the call.
    Call,
    /// It tells who else is there.
    People,
    /// It is the own camera, microphone and screen.
    Media,
    /// It tells how the stage is arranged, and who shares a screen.
    Stage,
    /// It is what this browser remembers.
    Preferences,
    /// It tells who speaks.
    Speaker,
    /// It tells how well everyone's media arrives.
    Quality,
    /// It tells how many messages are unread.
    Unread,
    /// It is the pointers and reactions.
    Live,
    /// It tells who records.
    Recorders,
    /// It is the values and controls of devices.
    Dashboard,
    /// It is the list of files.
    Files,
    /// It tells whether an earlier recording is unfinished.
    Recording,
    /// Everything people send each other beside media: it begins afresh, or is over.
    Messaging,
}

/// What is done with the own recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingCommand {
    /// It begins; the driver reports `Began` or `Unavailable`.
    Start(RecordingKind),
    /// It ends, if there is one; the driver reports `Ended` once the last piece is written.
    Stop,
    /// What there is goes to the browser's downloads; the driver reports `HandedOver`.
    HandOver {
        /// It ended for this, unless the user ended it.
        problem: Option<RecordingProblem>,
    },
    /// What an earlier visit left is removed.
    Discard,
}
