//! Notices that pass: shown for a while, read out by screen readers, gone by themselves.
//!
//! Invariant: a notice stays while somebody points at it or has focus in it. How long it lives is an animation of the style
//! sheet; its end takes the notice away. No message is told of while the chat is open.

use leptos::prelude::*;

use crate::protocol::PeerId;
use crate::room::{CallAction, Notice, Occasion};
use crate::session::{Session, ShownNotice};
use crate::ui::kit::browser_only::BrowserOnly;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::kit::sentence::isolated;
use crate::ui::open_panels::{Panels, SidePanel};
use crate::ui::words;
use crate::ui::words::status::failure;

/// The notices.
#[component]
pub fn Toasts(
    /// A press on the notice of a message opens the chat.
    panels: Panels,
) -> impl IntoView {
    let session = Session::expect();
    let reading = panels.shows(SidePanel::Chat);
    Effect::new(move |_| {
        session.notices.track();
        if reading.get() {
            session.dismiss_messages();
        }
    });
    view! {
        <div class="toasts" role="status" aria-live="polite" aria-atomic="false">
            <For each=move || session.notices.get() key=|shown| shown.id let:shown>
                <Toast shown panels/>
            </For>
        </div>
    }
}

#[component]
fn Toast(shown: ShownNotice, panels: Panels) -> impl IntoView {
    let session = Session::expect();
    let life = if shown.asks() {
        "long"
    } else if shown.is_message() {
        "middle"
    } else {
        "short"
    };
    let ShownNotice { id, notice, action } = shown;
    let content = match notice {
        Notice::Unreachable(peer) => BrowserOnly::new(move || view! { <Unreachable id peer/> }),
        notice => told(&notice, panels),
    };
    view! {
        <div class="toast" data-life=life>
            {content}
            {action
                .map(|action| {
                    let act = move |_| {
                        session.ask(action.clone());
                        session.dismiss(id);
                    };
                    view! {
                        <button type="button" class="toast-action" on:click=act>
                            {words::buttons::USE}
                        </button>
                    }
                })}
            <button
                type="button"
                class="toast-dismiss"
                aria-label=words::buttons::DISMISS
                on:click=move |_| session.dismiss(id)
            >
                <IconView icon=Icon::Close/>
            </button>
            <span class="toast-life" on:animationend=move |_| session.dismiss(id)></span>
        </div>
    }
}

/// What a notice says. That of a message is a button, which opens the chat.
fn told(notice: &Notice, panels: Panels) -> BrowserOnly {
    let words = words::notice(notice).unwrap_or_default();
    let words = isolated(&words, &words::notice::names(notice));
    let Notice::People(Occasion::Said(_), names, said) = notice else {
        return BrowserOnly::new(move || view! { <p>{words}</p> });
    };
    let beginning = said.as_ref().map(|said| {
        let words = words::notice::beginning(names, said);
        isolated(&words, &[said.author.as_str()])
    });
    BrowserOnly::new(move || {
        view! {
            <button
                type="button"
                class="toast-open"
                on:click=move |_| panels.side.set(Some(SidePanel::Chat))
            >
                <strong>{words}</strong>
                " "
                <span dir="auto">{beginning}</span>
            </button>
        }
    })
}

/// Somebody who cannot be reached, in the words of their tile for as long as that is so, with the way on.
#[component]
fn Unreachable(id: u64, peer: PeerId) -> impl IntoView {
    let session = Session::expect();
    let whose = peer.clone();
    let told = Memo::new(move |_| {
        session.state.with(|state| {
            let call = state.call()?;
            let person = call.person(&whose)?;
            Some((failure(call, person)?, person.name.to_string()))
        })
    });
    Effect::new(move |_| {
        if told.with(Option::is_none) {
            session.dismiss(id);
        }
    });
    let words = move || {
        told.get().map(|(words, name)| {
            view! {
                <strong>{isolated(&words.title, &[&name])}</strong>
                " "
                <span>{isolated(&words.text, &[&name])}</span>
            }
        })
    };
    view! {
        <p>{words}</p>
        <button
            type="button"
            class="toast-action"
            on:click=move |_| session.act(CallAction::TryAgain(peer.clone()))
        >
            {words::buttons::TRY_AGAIN}
        </button>
    }
}
