//! What is told in passing: a toast for the eyes, a live region for screen readers.

use super::channel::{Addressed, Channel};
use super::device::DeviceKind;
use super::messaging_error::MessagingError;
use crate::protocol::{DisplayName, PeerId};

/// Something worth a short sentence. The words are the ui's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// This happened to these people, or they did it; where it is that they said something, the newest of it begins so.
    People(Occasion, Names, Option<Excerpt>),
    /// The path to this person could not be set up or repaired, in about half a minute of attempts. Why is a part of the
    /// call, and stands on their tile: it is told in the same words.
    Unreachable(PeerId),
    /// The browser or the system does not let this page share a screen.
    ScreenNotAllowed,
    /// What was picked could not be captured.
    ScreenFailed,
    /// The signaling connection is back after an outage that was shown.
    BackOnline,
    /// The server refused something, and says so in these plain words.
    Refused(String),
    /// Something the user wanted to send is not sent.
    NotSent(MessagingError),
    /// Somebody was cut off from a channel, because what came from them broke its rules.
    CutOff(DisplayName, Channel),
    /// The own recording was handed to the browser's downloads.
    RecordingSaved,
    /// There is no space left; what was recorded until now was saved.
    RecordingFull,
    /// The disk does not keep up with the own recording, which ends here.
    RecordingTooSlow,
    /// The own recording could not be saved whole.
    RecordingFailed,
    /// This browser cannot record.
    RecordingUnavailable,
    /// An earlier recording has to be saved or discarded first.
    RecordingUnfinished,
    /// The device in use is gone; the browser's default is used instead.
    FellBack(DeviceKind),
    /// The chosen device did not start; what was used before, or the default, is used.
    NotUsable(DeviceKind),
    /// The chosen device, which is called this, is back and used again.
    InUseAgain(String),
    /// Something new, which is called this, was plugged in.
    NewDevice(String),
    /// The user speaks while muted.
    SpeakingWhileMuted,
    /// The user wants their address hidden, and the server has no relay.
    AddressNotHidden,
    /// The link was copied.
    LinkCopied,
    /// A text was copied.
    Copied,
    /// A text could not be copied.
    NotCopied,
    /// The link could not be copied.
    LinkNotCopied,
}

/// What is told of people. Of several to whom it happens at about the same time one notice is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// They came.
    Came,
    /// They left by their own will.
    Went,
    /// Their connection to the server was lost for good.
    Lost,
    /// They were removed.
    Removed,
    /// They came, and are devices.
    DeviceCame,
    /// They are gone, for whatever reason, and were devices.
    DeviceWent,
    /// They raised a hand.
    HandRaised,
    /// They began to share their screen.
    SharesScreen,
    /// They record now.
    RecordingStarted,
    /// They no longer record.
    RecordingStopped,
    /// They said something while nobody looked at the chat.
    Said(Addressed),
}

impl Occasion {
    /// Whether it is somebody's coming or going.
    pub(crate) fn is_traffic(self) -> bool {
        matches!(self, Self::Came | Self::Went | Self::Lost) || self.is_of_device()
    }

    /// Whether it is a device's coming or going.
    pub(crate) fn is_of_device(self) -> bool {
        matches!(self, Self::DeviceCame | Self::DeviceWent)
    }

    /// Whether it is no more, once another happens to the same person.
    pub(crate) fn is_undone_by(self, other: Self) -> bool {
        matches!(
            (self, other),
            (Self::Came, Self::Went | Self::Lost | Self::Removed)
                | (Self::Went | Self::Lost | Self::Removed, Self::Came)
                | (Self::DeviceCame, Self::DeviceWent)
                | (Self::DeviceWent, Self::DeviceCame)
                | (Self::RecordingStarted, Self::RecordingStopped)
                | (Self::RecordingStopped, Self::RecordingStarted)
        )
    }

    /// Whether it is worth another word when it happens to the same person again.
    pub(crate) fn may_happen_again(self) -> bool {
        matches!(self, Self::Said(_))
    }
}

/// Those of whom something is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The first to whom it happened.
    pub first: DisplayName,
    /// The second, if there is one.
    pub second: Option<DisplayName>,
    /// There are so many besides.
    pub others: usize,
}

/// The first words of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// This person said it.
    pub author: DisplayName,
    /// It begins with these words, in one line.
    pub beginning: String,
}

impl Names {
    /// Of this person alone.
    fn one(name: DisplayName) -> Self {
        Self {
            first: name,
            second: None,
            others: 0,
        }
    }

    /// Of these, in their order; `None` without any.
    pub(crate) fn of(names: &[DisplayName]) -> Option<Self> {
        Some(Self {
            first: names.first()?.clone(),
            second: names.get(1).cloned(),
            others: names.len().saturating_sub(2),
        })
    }
}

impl Notice {
    /// Something happened to one person.
    pub(crate) fn of(occasion: Occasion, name: DisplayName) -> Self {
        Self::People(occasion, Names::one(name), None)
    }

    /// Somebody said something that begins with these words.
    pub(crate) fn said(addressed: Addressed, author: DisplayName, beginning: String) -> Self {
        let excerpt = Excerpt {
            author: author.clone(),
            beginning,
        };
        let names = Names::one(author);
        Self::People(Occasion::Said(addressed), names, Some(excerpt))
    }
}
