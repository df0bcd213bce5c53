//! What is told in passing: a toast for the eyes, a live region for screen readers.

use super::channel::{Addressed, Channel};
use super::device::DeviceKind;
use super::messaging_error::MessagingError;
use crate::protocol::DisplayName;

/// Something worth a short sentence. The words are the ui's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Somebody came.
    Came(DisplayName),
    /// Somebody left by their own will.
    Went(DisplayName),
    /// Somebody's connection was lost for good.
    Lost(DisplayName),
    /// The path to somebody could not be set up or repaired, in about half a minute of attempts.
    Unreachable(DisplayName),
    /// Somebody was removed.
    Removed(DisplayName),
    /// Somebody raised a hand.
    HandRaised(DisplayName),
    /// Somebody began to share their screen.
    SharesScreen(DisplayName),
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
    /// Somebody said something while nobody looked at the chat.
    Said(DisplayName, Addressed),
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
    /// Somebody records now.
    RecordingStarted(DisplayName),
    /// Somebody no longer records.
    RecordingStopped(DisplayName),
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
