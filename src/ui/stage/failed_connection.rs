//! A connection that failed, on the tile of whom it would reach.

use leptos::prelude::*;

use crate::protocol::PeerId;
use crate::room::CallAction;
use crate::session::Session;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::words::{self, Words};

/// Shows a failed connection; {words::buttons::TRY_AGAIN} does so.
#[component]
pub fn FailedConnection(
    /// The failure is told in these words.
    words: Words,
    /// A press tries to reach this person again.
    peer: PeerId,
) -> impl IntoView {
    let session = Session::expect();
    view! {
        <div class="tile-failure" role="alert">
            <p class="problem-title">{words.title}</p>
            <p>{words.text}</p>
            <button
                type="button"
                class="button button-small"
                on:click=move |event| {
                    event.stop_propagation();
                    session.act(CallAction::TryAgain(peer.clone()));
                }
            >
                <IconView icon=Icon::Again/>
                {words::buttons::TRY_AGAIN}
            </button>
        </div>
    }
}
