//! A connection that failed, on the tile of whom it would reach.

use leptos::prelude::*;

use crate::protocol::PeerId;
use crate::room::CallAction;
use crate::session::Session;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::kit::sentence::isolated;
use crate::ui::words::{self, Words};

/// Shows a failed connection; {words::buttons::TRY_AGAIN} does so. Of a small tile the style sheet leaves the button and as many
/// of the words as there is room for; the others are for screen readers, and for who points at it.
#[component]
pub fn FailedConnection(
    /// The failure is told in these words.
    words: Words,
    /// The words name this person by this name.
    name: String,
    /// A press tries to reach this person again.
    peer: PeerId,
) -> impl IntoView {
    let session = Session::expect();
    view! {
        <div class="tile-failure" role="alert" title=words.text.to_string()>
            <p class="problem-title">{isolated(&words.title, &[&name])}</p>
            <p class="tile-failure-text">{isolated(&words.text, &[&name])}</p>
            <button
                type="button"
                class="button button-small"
                on:click=move |event| {
                    event.stop_propagation();
                    session.act(CallAction::TryAgain(peer.clone()));
                }
            >
                <IconView icon=Icon::Again/>
                <span class="tile-failure-button">{words::buttons::TRY_AGAIN}</span>
            </button>
        </div>
    }
}
