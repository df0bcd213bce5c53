//! The keyboard shortcuts: listening for them, doing what they ask, and the dialog that lists them.

use leptos::ev;
use leptos::prelude::*;
use leptos::web_sys::KeyboardEvent;

use super::keys::{Pressed, Shortcut, shortcut};
use super::share::toggle_share;
use super::toggles::{toggle_camera, toggle_layout, toggle_microphone};
use crate::room::{CallAction, Hand};
use crate::session::{Action, Session};
use crate::ui::kit::full_screen;
use crate::ui::open_panels::{Panels, SidePanel};
use crate::ui::words;

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
    session.act(CallAction::SetHand(wanted));
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
                Shortcut::CopyLink => session.ask(Action::CopyLink),
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
                <dt>{words::controls::KEYS_TALK}</dt>
                <dd>
                    <kbd>{words::controls::SPACE}</kbd>
                </dd>
            </div>
        </dl>
    }
}
