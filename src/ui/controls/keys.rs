//! Which keys do what.
//!
//! Invariant: every shortcut has a modifier (WCAG 2.2, 2.1.4), so that typing never triggers one; the space bar alone, which
//! talks while held, is left to whatever wants it. The keys stand here and nowhere else.

use crate::ui::words;

/// Keys can do this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortcut {
    /// It mutes and unmutes.
    Microphone,
    /// It turns the camera on and off.
    Camera,
    /// It begins to share the screen, or stops.
    Share,
    /// It raises and lowers the hand.
    Hand,
    /// It opens and closes the chat.
    Chat,
    /// It opens and closes the list of people.
    People,
    /// It copies the room's link.
    CopyLink,
    /// It changes between grid and speaker.
    Layout,
    /// It shows the call in full screen, or no longer.
    FullScreen,
    /// It floats a small window, or closes it.
    Floating,
    /// It opens the settings.
    Settings,
    /// It opens the list of shortcuts.
    Help,
}

impl Shortcut {
    /// All of them, as they are listed.
    pub const ALL: [Self; 12] = [
        Self::Microphone,
        Self::Camera,
        Self::Share,
        Self::Hand,
        Self::Chat,
        Self::People,
        Self::CopyLink,
        Self::Layout,
        Self::FullScreen,
        Self::Floating,
        Self::Settings,
        Self::Help,
    ];

    /// The keys, as in "Ctrl+D".
    pub const fn keys(self) -> &'static str {
        match self {
            Self::Microphone => "Ctrl+D",
            Self::Camera => "Ctrl+E",
            Self::Share => "Ctrl+Alt+S",
            Self::Hand => "Ctrl+Alt+H",
            Self::Chat => "Ctrl+Alt+C",
            Self::People => "Ctrl+Alt+P",
            Self::CopyLink => "Ctrl+Alt+L",
            Self::Layout => "Ctrl+Alt+G",
            Self::FullScreen => "Ctrl+Alt+F",
            Self::Floating => "Ctrl+Alt+I",
            Self::Settings => "Ctrl+,",
            Self::Help => "Ctrl+/",
        }
    }

    /// What they do, as it is listed.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Microphone => words::controls::KEYS_MICROPHONE,
            Self::Camera => words::controls::KEYS_CAMERA,
            Self::Share => words::controls::KEYS_SHARE,
            Self::Hand => words::controls::KEYS_HAND,
            Self::Chat => words::controls::KEYS_CHAT,
            Self::People => words::controls::KEYS_PEOPLE,
            Self::CopyLink => words::controls::KEYS_COPY_LINK,
            Self::Layout => words::controls::KEYS_LAYOUT,
            Self::FullScreen => words::controls::KEYS_FULL_SCREEN,
            Self::Floating => words::controls::KEYS_FLOATING,
            Self::Settings => words::controls::KEYS_SETTINGS,
            Self::Help => words::controls::KEYS_HELP,
        }
    }
}

/// Keys as they were pressed.
pub struct Pressed<'a> {
    /// This is `KeyboardEvent.key`, the character in the user's layout.
    pub key: &'a str,
    /// This is `KeyboardEvent.code`, which Alt does not change.
    pub code: &'a str,
    /// Control was held, or Command on a Mac.
    pub control: bool,
    /// Alt was held, or Option on a Mac.
    pub alt: bool,
    /// Shift was held.
    pub shift: bool,
}

/// The shortcut that was pressed, if it is one.
pub fn shortcut(pressed: &Pressed<'_>) -> Option<Shortcut> {
    if !pressed.control {
        return None;
    }
    match (pressed.alt, pressed.shift, pressed.code, pressed.key) {
        (false, false, "KeyD", _) => Some(Shortcut::Microphone),
        (false, false, "KeyE", _) => Some(Shortcut::Camera),
        (true, false, "KeyS", _) => Some(Shortcut::Share),
        (true, false, "KeyG", _) => Some(Shortcut::Layout),
        (true, false, "KeyF", _) => Some(Shortcut::FullScreen),
        (true, false, "KeyI", _) => Some(Shortcut::Floating),
        (true, false, "KeyH", _) => Some(Shortcut::Hand),
        (true, false, "KeyC", _) => Some(Shortcut::Chat),
        (true, false, "KeyP", _) => Some(Shortcut::People),
        (true, false, "KeyL", _) => Some(Shortcut::CopyLink),
        (false, false, _, ",") => Some(Shortcut::Settings),
        (false, _, _, "/" | "?") => Some(Shortcut::Help),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(control: bool, alt: bool, shift: bool, code: &str, key: &str) -> Option<Shortcut> {
        shortcut(&Pressed {
            key,
            code,
            control,
            alt,
            shift,
        })
    }

    #[test]
    fn typing_never_triggers_a_shortcut() {
        for (code, key) in [("KeyD", "d"), ("KeyE", "E"), ("Slash", "?"), ("Comma", ",")] {
            assert_eq!(pressed(false, false, false, code, key), None);
            assert_eq!(pressed(false, true, true, code, key), None);
        }
    }

    #[test]
    fn shortcuts_are_found_by_their_keys() {
        let found = |alt, shift, code, key| pressed(true, alt, shift, code, key);
        assert_eq!(found(false, false, "KeyD", "d"), Some(Shortcut::Microphone));
        assert_eq!(found(false, false, "KeyE", "e"), Some(Shortcut::Camera));
        assert_eq!(found(true, false, "KeyH", "˙"), Some(Shortcut::Hand));
        assert_eq!(found(false, false, "Slash", "/"), Some(Shortcut::Help));
        assert_eq!(found(false, true, "Digit7", "/"), Some(Shortcut::Help));
    }

    #[test]
    fn the_browsers_own_shortcuts_stay_its_own() {
        for (code, key) in [("KeyC", "c"), ("KeyV", "v"), ("KeyR", "r"), ("KeyT", "t")] {
            assert_eq!(pressed(true, false, false, code, key), None);
        }
        assert_eq!(pressed(true, false, true, "KeyD", "D"), None);
    }
}
