//! What can happen to the messaging of a call, and what should happen because of it.

use crate::protocol::{DisplayName, PeerId};
use crate::room::channel::{Addressed, Channel};
use crate::room::messaging::application::ReceivedApplicationMessage;
use crate::room::messaging::channel::frame::Frame;
use crate::room::messaging::channel::guard::CutOffReason;
use crate::room::messaging::chat::change::EntryChange;
use crate::room::messaging::chat::conversation::Attention;
use crate::room::messaging::files::effect::{DiskCommand, DiskEvent, Ending, TransferKey};
use crate::room::messaging::files::sending::PickedFile;
use crate::room::messaging::live::frame::{Emoji, Position};
use crate::room::messaging::recipients::Recipients;
use crate::room::messaging::recorders::Recording;
use crate::room::moment::Moment;
use crate::room::sending::view::ViewRequest;
use crate::room::switch::Switch;

/// What the user wants.
#[derive(Clone, Debug, PartialEq)]
pub enum MessagingAction {
    /// Say something.
    Say {
        /// As it was typed.
        text: String,
        /// To whom.
        to: Recipients,
    },
    /// Look at the conversation, or away.
    Attend(Attention),
    /// Offer files.
    Offer {
        /// Which.
        files: Vec<PickedFile>,
        /// To whom.
        to: Recipients,
    },
    /// Accept an offered file.
    Accept(TransferKey),
    /// Decline an offered file, or stop a transfer of either direction.
    Cancel(TransferKey),
    /// Take a transfer that is over from the list.
    Dismiss(TransferKey),
    /// React.
    React(Emoji),
    /// Point at somebody's shared screen.
    Point {
        /// Whose screen; the own id for the own one.
        screen: PeerId,
        /// Where.
        position: Position,
    },
    /// Show and send pointers, or neither.
    SetPointers(Switch),
    /// The own recording started or stopped.
    SetRecording(Recording),
}

/// What is reported.
#[derive(Clone, Debug, PartialEq)]
pub enum MessagingEvent {
    /// Who is in the room now besides me, in order of arrival. May be told as often as convenient: only differences
    /// matter. Tell it before the channels of new people open.
    Roster(Vec<(PeerId, DisplayName)>),
    /// I came back under another id, because my seat was lost.
    Reseated {
        /// My new id.
        me: PeerId,
        /// Who is there, in order of arrival.
        roster: Vec<(PeerId, DisplayName)>,
    },
    /// A channel is open. After it no frame of an earlier channel to the same person may be reported.
    ChannelOpened {
        /// To whom.
        peer: PeerId,
        /// Which.
        channel: Channel,
    },
    /// A channel is closed.
    ChannelClosed {
        /// To whom.
        peer: PeerId,
        /// Which.
        channel: Channel,
    },
    /// A frame arrived.
    Frame {
        /// From whom.
        peer: PeerId,
        /// On which channel.
        channel: Channel,
        /// What.
        frame: Frame,
    },
    /// `bufferedAmount` of a person's `files` channel: after the frames of one call were sent, and on
    /// `bufferedamountlow`.
    Buffered {
        /// Whose.
        peer: PeerId,
        /// In bytes.
        bytes: u64,
    },
    /// Something about a file on a disk.
    Disk(DiskEvent),
    /// Time passed: about four times a second, and at [`super::Messaging::due`].
    Tick,
}

/// What should be done, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum MessagingEffect {
    /// Send a frame. If the channel is not open any more, drop it: the model repairs that when it opens.
    Send {
        /// To whom.
        peer: PeerId,
        /// On which channel.
        channel: Channel,
        /// What.
        frame: Frame,
    },
    /// Close a channel for good: this person is cut off from it.
    CloseChannel {
        /// To whom.
        peer: PeerId,
        /// Which.
        channel: Channel,
    },
    /// Do something with a file.
    Disk(DiskCommand),
    /// Hand a message to the applications in the page.
    Application(ReceivedApplicationMessage),
    /// A person says how large they show us.
    View {
        /// Who.
        peer: PeerId,
        /// How large.
        request: ViewRequest,
    },
    /// Tell the user something that passes.
    Notify(MessagingNotice),
    /// This became of the conversation, one change after another.
    Conversation(Vec<EntryChange>),
    /// This aspect of what is shown may have changed.
    Changed(Aspect),
}

/// A part of what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aspect {
    /// So many messages are unread, as [`super::Messaging::conversation`] says.
    Unread,
    /// The files are as [`super::Messaging::transfers`] says.
    Transfers,
    /// Pointers and reactions are as [`super::Messaging::live`] says.
    Live,
    /// Those record whom [`super::Messaging::recorders`] names.
    Recorders,
}

/// Something worth a short sentence or a sound. The words are the ui's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessagingNotice {
    /// Somebody said something.
    Message {
        /// Who.
        from: DisplayName,
        /// To all or to me.
        addressed: Addressed,
    },
    /// Somebody offers a file.
    FileOffered(TransferKey),
    /// A transfer is over.
    FileEnded(TransferKey, Ending),
    /// Somebody records now.
    RecordingStarted(DisplayName),
    /// Somebody no longer records.
    RecordingStopped(DisplayName),
    /// Somebody was cut off from a channel.
    CutOff {
        /// Who.
        name: DisplayName,
        /// From which.
        channel: Channel,
        /// Why.
        reason: CutOffReason,
    },
}

/// What messaging has to know when it begins.
#[derive(Clone, Debug)]
pub struct MessagingEntry {
    /// My id.
    pub me: PeerId,
    /// My name.
    pub name: DisplayName,
    /// Who was there before me, in order of arrival.
    pub roster: Vec<(PeerId, DisplayName)>,
    /// The wall time of `Moment(0)` (`performance.timeOrigin`).
    pub page_opened: crate::room::messaging::chat::WallTime,
    /// A random number in `0.0..1.0`.
    pub chance: f64,
    /// Now.
    pub now: Moment,
}
