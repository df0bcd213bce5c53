//! Notices that pass: shown for a while, read out by screen readers, gone by themselves.
//!
//! Invariant: a notice stays while somebody points at it or has focus in it. How long it lives is an animation of the style
//! sheet; its end takes the notice away.

use leptos::prelude::*;

use crate::session::{Session, ShownNotice};
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::words;

/// The notices.
#[component]
pub fn Toasts() -> impl IntoView {
    let session = Session::expect();
    view! {
        <div class="toasts" role="status" aria-live="polite" aria-atomic="false">
            <For each=move || session.notices.get() key=|shown| shown.id let:shown>
                <Toast shown/>
            </For>
        </div>
    }
}

#[component]
fn Toast(shown: ShownNotice) -> impl IntoView {
    let session = Session::expect();
    let ShownNotice { id, notice, action } = shown;
    let lasting = action.is_some().then_some("");
    view! {
        <div class="toast" data-lasting=lasting>
            <p>{words::notice(&notice)}</p>
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
