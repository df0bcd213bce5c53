//! What is written in the settings and in the choice of a layout.

// Video.
pub(crate) const VIDEO: &str = "Video";
pub(crate) const RESOLUTION: &str = "Resolution";
pub(crate) const FRAME_RATE: &str = "Frames per second";
pub(crate) const AUDIO_ONLY: &str = "Audio only";
pub(crate) const AUDIO_ONLY_WORDS: &str = "Turns your camera off and hides everyone’s";

// Audio.
pub(crate) const AUDIO: &str = "Audio";
pub(crate) const TEST_SPEAKER: &str = "Test speaker";
pub(crate) const ECHO_CANCELLATION: &str = "Echo cancellation";
pub(crate) const ECHO_CANCELLATION_WORDS: &str =
    "Keeps what your speaker plays out of your microphone";
pub(crate) const NOISE_SUPPRESSION: &str = "Noise suppression";
pub(crate) const NOISE_SUPPRESSION_WORDS: &str =
    "Filters fans, keys and traffic; switch it off for music";
pub(crate) const AUTOMATIC_GAIN: &str = "Automatic gain";
pub(crate) const AUTOMATIC_GAIN_WORDS: &str = "Evens out how loud you are";

// General.
pub(crate) const GENERAL: &str = "General";
pub(crate) const SOUNDS: &str = "Sounds";
pub(crate) const SOUNDS_WORDS: &str = "When people come and go, write or raise a hand";
pub(crate) const POINTERS: &str = "Pointers";
pub(crate) const POINTERS_WORDS: &str =
    "Shows where people point on a shared screen, and where you do";
pub(crate) const SAVE_DATA: &str = "Save data";
pub(crate) const SAVE_DATA_WORDS: &str = "Sends small pictures, for slow or costly connections";
// The name stands between the two.
pub(crate) const HERE_AS: (&str, &str) = (
    "You are here as ",
    ". To change your name, leave and join again.",
);

// Whether this computer's address shows.
pub(crate) const HIDE_ADDRESS: &str = "Hide my address";
pub(crate) const HIDE_ADDRESS_WORDS: &str = "The others do not learn your IP address. Everything takes the way over a relay, which may be slower.";
pub(crate) const HIDDEN_FOR_ALL: &str =
    "This server hides everyone\u{2019}s IP address from the others.";
pub(crate) const NO_RELAY: &str = "Your IP address is not hidden here: this server has no relay.";

// Whether the own media may go through the server.
pub(crate) const SERVER_NEVER: &str = "Never send my media through the server";
pub(crate) const SERVER_NEVER_WORDS: &str = "You reach everyone directly, and cannot join calls that are too large for that. In force from the next call you join.";

// The layout.
pub(crate) const GRID: &str = "Grid";
pub(crate) const GRID_WORDS: &str = "Everyone the same size";
pub(crate) const SPEAKER: &str = "Speaker";
pub(crate) const SPEAKER_WORDS: &str = "Whoever speaks is large";
pub(crate) const ARRANGE_PEOPLE: &str = "Arrange people";
pub(crate) const SELF_VIEW: &str = "Show me to myself";
pub(crate) const SELF_VIEW_WORDS: &str = "The others see you either way";
pub(crate) const PINNED: &str = "Something is pinned and stays large until you unpin it.";
