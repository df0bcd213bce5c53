//! Sharing the screen: the toolbar's button, the menu's item, and what is said where a browser cannot do it.

use leptos::either::Either;
use leptos::prelude::*;

use super::keys::Shortcut;
use crate::room::VisitAction;
use crate::room::media::screen::{ScreenAction, ScreenShare};
use crate::session::Session;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::popover::MenuItem;
use crate::ui::kit::tool_button::{Tone, ToolButton};
use crate::ui::words;

/// Starts or stops sharing.
pub fn toggle_share(session: Session) {
    let sharing = session
        .media
        .with_untracked(|media| media.screen.is_sharing());
    session.ask(VisitAction::Screen(if sharing {
        ScreenAction::Stop
    } else {
        ScreenAction::Share
    }));
}

fn is_sharing(session: Session) -> Memo<bool> {
    Memo::new(move |_| session.media.with(|media| media.screen.is_sharing()))
}

fn is_supported(session: Session) -> Memo<bool> {
    Memo::new(move |_| {
        session
            .media
            .with(|media| media.screen != ScreenShare::Unsupported)
    })
}

fn name(sharing: Memo<bool>) -> Signal<&'static str> {
    Signal::derive(move || words::controls::share_button(sharing.get()))
}

fn icon(sharing: Memo<bool>) -> Signal<Icon> {
    Signal::derive(move || {
        if sharing.get() {
            Icon::ScreenShareOff
        } else {
            Icon::ScreenShare
        }
    })
}

/// "Share screen" and "Stop sharing"; nothing where the browser cannot do it.
#[component]
pub fn ShareToggle() -> impl IntoView {
    let session = Session::expect();
    let (supported, sharing) = (is_supported(session), is_sharing(session));
    move || {
        supported.get().then(|| {
            view! {
                <ToolButton
                    name=name(sharing)
                    icon=icon(sharing)
                    tone=Signal::derive(move || {
                        if sharing.get() { Tone::Active } else { Tone::Plain }
                    })
                    class="tool-wide"
                    keys=Shortcut::Share.keys()
                    on_press=move || toggle_share(session)
                />
            }
        })
    }
}

/// The same in the menu, where the toolbar has no room for it; or why it is not there at all.
#[component]
pub fn ShareItem(
    /// The item is in this menu, which a press closes.
    popover: &'static str,
) -> impl IntoView {
    let session = Session::expect();
    let (supported, sharing) = (is_supported(session), is_sharing(session));
    move || {
        if supported.get() {
            Either::Left(view! {
                <MenuItem
                    popover
                    name=name(sharing)
                    icon=icon(sharing)
                    keys=Shortcut::Share.keys()
                    class="menu-narrow"
                    on_press=move || toggle_share(session)
                />
                {move || {
                    sharing
                        .get()
                        .then(|| {
                            view! {
                                <MenuItem
                                    popover
                                    name=words::buttons::SHARE_SOMETHING_ELSE
                                    icon=Icon::ScreenShare
                                    on_press=move || {
                                        session.ask(VisitAction::Screen(ScreenAction::Share));
                                    }
                                />
                            }
                        })
                }}
            })
        } else {
            Either::Right(view! {
                <p class="menu-note">
                    {words::controls::NO_SCREEN_SHARING}
                </p>
            })
        }
    }
}
