//! What can happen to the messaging of a call, and what should happen because of it.

use crate::protocol::{DisplayName, PeerId};
use crate::room::channel::{Addressed, Channel};
use crate::room::member::Member;
use crate::room::messaging::application::ReceivedApplicationMessage;
use crate::room::messaging::channel::frame::Frame;
use crate::room::messaging::channel::guard::CutOffReason;
use crate::room::messaging::chat::change::EntryChange;
use crate::room::messaging::chat::conversation::Attention;
use crate::room::messaging::chat::text::MessageText;
use crate::room::messaging::files::effect::{DiskCommand, DiskEvent, Ending, TransferKey};
use crate::room::messaging::files::gate::ContentGate;
use crate::room::messaging::files::sending::PickedFile;
use crate::room::messaging::live::frame::{Emoji, Position};
use crate::room::messaging::recipients::Recipients;
use crate::room::messaging::recorders::Recording;
use crate::room::moment::Moment;
use crate::room::sending::view::ViewRequest;
use crate::room::switch::Switch;

/// The user wants this.
#[derive(Clone, Debug, PartialEq)]
pub enum MessagingAction {
    /// They say something.
    Say {
        /// The text is as it was typed.
        text: String,
        /// These people are to read it.
        to: Recipients,
    },
    /// They look at the conversation, or away.
    Attend(Attention),
    /// They offer files.
    Offer {
        /// They picked these.
        files: Vec<PickedFile>,
        /// These people are to get them.
        to: Recipients,
    },
    /// They accept an offered file.
    Accept(TransferKey),
    /// They decline an offered file, or stop a transfer of either direction.
    Cancel(TransferKey),
    /// They take a transfer that is over from the list.
    Dismiss(TransferKey),
    /// They react.
    React(Emoji),
    /// They point at somebody's shared screen.
    Point {
        /// The screen is this person's, or their own.
        screen: PeerId,
        /// They point here.
        position: Position,
    },
    /// They want pointers shown and sent, or neither.
    SetPointers(Switch),
    /// The own recording started or stopped.
    SetRecording(Recording),
}

/// The driver reports this.
#[derive(Clone, Debug, PartialEq)]
pub enum MessagingEvent {
    /// These people are in the room now besides me, in order of arrival. It may be told as often as convenient: only
    /// differences matter. It has to be told before the channels of new people open.
    Roster(Vec<(PeerId, Member)>),
    /// I came back under another id, because my seat was lost.
    Reseated {
        /// I have this id now.
        me: PeerId,
        /// These people are there, in order of arrival.
        roster: Vec<(PeerId, Member)>,
    },
    /// A channel is open. After it no frame of an earlier channel to the same person may be reported.
    ChannelOpened {
        /// The channel leads to this person.
        peer: PeerId,
        /// It is this one of their channels.
        channel: Channel,
    },
    /// A channel is closed.
    ChannelClosed {
        /// The channel led to this person.
        peer: PeerId,
        /// It is this one of their channels.
        channel: Channel,
    },
    /// A frame arrived.
    Frame {
        /// This person sent it.
        peer: PeerId,
        /// It came on this channel.
        channel: Channel,
        /// It says this, whatever that is worth.
        frame: Frame,
    },
    /// A person's `files` channel has this `bufferedAmount`: told after the frames of one call were sent, and on
    /// `bufferedamountlow`.
    Buffered {
        /// The channel leads to this person.
        peer: PeerId,
        /// So many bytes wait in the browser.
        bytes: u64,
    },
    /// Content of files may go to somebody from now on, or may not.
    Gate {
        /// They are this one.
        peer: PeerId,
        /// It is like this.
        gate: ContentGate,
    },
    /// Something happened to a file on a disk.
    Disk(DiskEvent),
    /// Time passed. It is needed at [`Messaging::next_deadline`](super::Messaging::next_deadline) and does nothing before.
    Tick,
}

/// The driver has to do this, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum MessagingEffect {
    /// A frame is sent. If the channel is not open any more, it is dropped: the model repairs that when it opens.
    Send {
        /// The frame goes to this person.
        peer: PeerId,
        /// The frame goes on this channel.
        channel: Channel,
        /// The frame says this.
        frame: Frame,
    },
    /// A channel closes for good: this person is cut off from it.
    CloseChannel {
        /// The channel leads to this person.
        peer: PeerId,
        /// It is this one of their channels.
        channel: Channel,
    },
    /// Something is done with a file.
    Disk(DiskCommand),
    /// The applications in the page are handed a message.
    Application(ReceivedApplicationMessage),
    /// A person says how large they show us.
    View {
        /// This person says so.
        peer: PeerId,
        /// They want to be sent no more than this.
        request: ViewRequest,
    },
    /// The user is told something that passes.
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
        /// This person said it.
        from: DisplayName,
        /// They said it to all or to me alone.
        addressed: Addressed,
        /// They said this.
        text: MessageText,
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
        /// This person was cut off.
        name: DisplayName,
        /// They can send nothing on this channel any more.
        channel: Channel,
        /// They did this.
        reason: CutOffReason,
    },
}

/// Messaging has to know this when it begins.
#[derive(Clone, Debug)]
pub struct MessagingEntry {
    /// The others know me by this id.
    pub me: PeerId,
    /// I gave this name.
    pub name: DisplayName,
    /// These people were there before me, in order of arrival.
    pub roster: Vec<(PeerId, Member)>,
    /// The clock on the wall showed this at `Moment(0)` (`performance.timeOrigin`).
    pub page_opened: crate::room::messaging::chat::WallTime,
    /// A random number in `0.0..1.0`, from which ids begin.
    pub chance: f64,
    /// The call begins at this time.
    pub now: Moment,
}
