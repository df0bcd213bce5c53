//! A problem told in words, with the way on.

use leptos::prelude::*;

use super::icon::{Icon, IconView};
use crate::room::{MediaAction, VisitAction};
use crate::session::Session;
use crate::ui::words;
use crate::ui::words::{WayOn, Words};

/// Shows a problem; {words::buttons::TRY_AGAIN} asks the browser again for what failed.
#[component]
pub fn Problem(
    /// The problem is told in these words.
    words: Words,
) -> impl IntoView {
    let session = Session::expect();
    let retry = (words.way_on == WayOn::Retry).then(|| {
        view! {
            <button
                type="button"
                class="button button-small"
                on:click=move |_| session.ask(VisitAction::Media(MediaAction::Retry))
            >
                <IconView icon=Icon::Again/>
                {words::buttons::TRY_AGAIN}
            </button>
        }
    });
    view! {
        <div class="problem">
            <IconView icon=Icon::Alert/>
            <div class="problem-words">
                <p class="problem-title">{words.title}</p>
                <p>{words.text}</p>
            </div>
            {retry}
        </div>
    }
}
