//! The keyboard shortcuts: which keys do what, and the dialog that lists them.
//!
//! Invariant: every shortcut has a modifier (WCAG 2.2, 2.1.4), so that typing never triggers one; the space bar alone, which
//! talks while held, is left to whatever wants it. The keys stand here and nowhere else.

use leptos::ev;
use leptos::prelude::*;
use leptos::web_sys::KeyboardEvent;

use crate::room::{CallAction, Hand};
use crate::session::{Action, Session};

use super::push_to_talk;
use super::share::toggle_share;
use super::toggles::{toggle_camera, toggle_microphone};
use crate::ui::dialogs::layout::toggle_layout;
use crate::ui::kit::full_screen;
use crate::ui::open_panels::{Panels, SidePanel};

/// What keys can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortcut {
    /// Mute and unmute.
    Microphone,
    /// The camera on and off.
    Camera,
    /// Share the screen and stop.
    Share,
    /// Raise and lower the hand.
    Hand,
    /// The chat.
    Chat,
    /// The people panel.
    People,
    /// Copy the room's link.
    CopyLink,
    /// Grid and speaker.
    Layout,
    /// The call in full screen.
    FullScreen,
    /// Picture in picture.
    Floating,
    /// The settings.
    Settings,
    /// The list of shortcuts.
    Help,
}

impl Shortcut {
    const ALL: [Self; 12] = [
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

    const fn words(self) -> &'static str {
        match self {
            Self::Microphone => "Mute or unmute your microphone",
            Self::Camera => "Turn your camera on or off",
            Self::Share => "Share your screen or stop sharing",
            Self::Hand => "Raise or lower your hand",
            Self::Chat => "Show the chat",
            Self::People => "Show who is here",
            Self::CopyLink => "Copy the link to this room",
            Self::Layout => "Change between grid and speaker",
            Self::FullScreen => "Fill the screen with the call",
            Self::Floating => "Picture in picture",
            Self::Settings => "Open the settings",
            Self::Help => "Show these shortcuts",
        }
    }
}

/// Keys as they were pressed.
struct Pressed<'a> {
    /// `KeyboardEvent.key`
    key: &'a str,
    /// `KeyboardEvent.code`, which Alt does not change.
    code: &'a str,
    /// Control, or Command on a Mac.
    control: bool,
    alt: bool,
    shift: bool,
}

fn shortcut(pressed: &Pressed<'_>) -> Option<Shortcut> {
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

/// Raises or lowers the own hand.
pub fn toggle_hand(session: Session) {
    let hand = session
        .state
        .with_untracked(|state| state.call().map(|call| call.hand));
    let wanted = match hand {
        Some(Hand::Lowered) => Hand::Raised,
        Some(Hand::Raised) => Hand::Lowered,
        None => return,
    };
    session.intend(CallAction::SetHand(wanted));
}

/// Listens for the shortcuts of the call until the caller's owner is gone.
pub fn listen(session: Session, panels: Panels) {
    Effect::new(move |_| {
        let listener = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
            let pressed = shortcut(&Pressed {
                key: &event.key(),
                code: &event.code(),
                control: event.ctrl_key() || event.meta_key(),
                alt: event.alt_key(),
                shift: event.shift_key(),
            });
            let Some(pressed) = pressed else {
                return;
            };
            event.prevent_default();
            if event.repeat() {
                return;
            }
            match pressed {
                Shortcut::Microphone => toggle_microphone(session),
                Shortcut::Camera => toggle_camera(session),
                Shortcut::Share => toggle_share(session),
                Shortcut::Layout => toggle_layout(session),
                Shortcut::FullScreen => full_screen::toggle_call(),
                Shortcut::Floating => panels.floating.update(|open| *open = !*open),
                Shortcut::Hand => toggle_hand(session),
                Shortcut::Chat => panels.toggle(SidePanel::Chat),
                Shortcut::People => panels.toggle(SidePanel::People),
                Shortcut::CopyLink => session.wish(Action::CopyLink),
                Shortcut::Settings => panels.settings.update(|open| *open = !*open),
                Shortcut::Help => panels.shortcuts.update(|open| *open = !*open),
            }
        });
        on_cleanup(move || listener.remove());
    });
}

/// Listens for the shortcuts of the lobby: only the microphone's and the camera's.
pub fn listen_in_lobby(session: Session) {
    Effect::new(move |_| {
        let listener = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
            let pressed = shortcut(&Pressed {
                key: &event.key(),
                code: &event.code(),
                control: event.ctrl_key() || event.meta_key(),
                alt: event.alt_key(),
                shift: event.shift_key(),
            });
            match pressed {
                Some(Shortcut::Microphone) => toggle_microphone(session),
                Some(Shortcut::Camera) => toggle_camera(session),
                _ => return,
            }
            event.prevent_default();
        });
        on_cleanup(move || listener.remove());
    });
}

/// The list of all shortcuts.
#[component]
pub fn ShortcutList() -> impl IntoView {
    view! {
        <dl class="shortcuts">
            {Shortcut::ALL
                .into_iter()
                .map(|shortcut| {
                    view! {
                        <div class="shortcut">
                            <dt>{shortcut.words()}</dt>
                            <dd>
                                {shortcut
                                    .keys()
                                    .split('+')
                                    .map(|key| view! { <kbd>{key}</kbd> })
                                    .collect_view()}
                            </dd>
                        </div>
                    }
                })
                .collect_view()}
            <div class="shortcut">
                <dt>{push_to_talk::WORDS}</dt>
                <dd>
                    <kbd>"Space"</kbd>
                </dd>
            </div>
        </dl>
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
