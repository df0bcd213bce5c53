//! What is written around the stage: the toolbar, its menus, the panels' titles, the banners, and what is read out.

use crate::room::{DepartureCause, Hand};

// The toolbar.
pub(crate) const CONTROLS: &str = "Call controls";
pub(crate) const REACT: &str = "React";
pub(crate) const MORE: &str = "More";

// The panels and dialogs, and what opens them.
pub(crate) const PEOPLE: &str = "People";
pub(crate) const CHAT: &str = "Chat";
pub(crate) const CONNECTION: &str = "Connection";
pub(crate) const FILES: &str = "Files";
pub(crate) const REACTIONS: &str = "Reactions";
pub(crate) const SETTINGS: &str = "Settings";
pub(crate) const LAYOUT: &str = "Layout";
pub(crate) const SHORTCUTS: &str = "Keyboard shortcuts";
pub(crate) const RECORD: &str = "Record this call";
pub(crate) const CONNECTION_CHECK: &str = "Connection check";

// The menu behind "More".
pub(crate) const FULL_SCREEN: &str = "Full screen";
pub(crate) const PICTURE_IN_PICTURE: &str = "Picture in picture";

// The banners.
pub(crate) const RECONNECTING: &str = "Reconnecting… The call goes on.";
pub(crate) const TRY_NOW: &str = "Try now";
pub(crate) const SOUND_BLOCKED: &str = "Your browser holds back the sound until you tap.";
pub(crate) const TAP_TO_HEAR: &str = "Tap to hear";

// A part of the page that comes with the second wasm.
pub(crate) const LOADING: &str = "Loading…";
pub(crate) const NOT_LOADED: &str = "This part of the page could not be loaded. The call goes on.";

// Whose a reaction or a message is.
pub(crate) const YOU: &str = "You";

/// The button that raises and lowers the hand.
pub(crate) const fn hand_button(raised: bool) -> &'static str {
    if raised { "Lower hand" } else { "Raise hand" }
}

/// The menu's item that takes part with sound alone, or with pictures again.
pub(crate) const fn audio_only_item(audio_only: bool) -> &'static str {
    if audio_only {
        "Show video"
    } else {
        "Audio only"
    }
}

/// The button that brings somebody back into a call that is over for them.
pub(crate) const fn come_back(reason: &DepartureCause) -> &'static str {
    match reason {
        DepartureCause::ContinuedElsewhere => "Continue here",
        _ => "Rejoin",
    }
}

/// The microphone was switched.
pub(crate) const fn microphone_switched(on: bool) -> &'static str {
    if on {
        "Microphone on"
    } else {
        "Microphone muted"
    }
}

/// The camera was switched.
pub(crate) const fn camera_switched(on: bool) -> &'static str {
    if on { "Camera on" } else { "Camera off" }
}

/// The own screen is shared, or no longer.
pub(crate) const fn sharing_changed(on: bool) -> &'static str {
    if on {
        "You are sharing your screen"
    } else {
        "You stopped sharing your screen"
    }
}

/// The own hand was raised or lowered.
pub(crate) const fn hand_moved(hand: Hand) -> &'static str {
    match hand {
        Hand::Raised => "Your hand is up",
        Hand::Lowered => "Your hand is down",
    }
}
