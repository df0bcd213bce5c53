//! In the lobby of a server with an SFU: what it could see of calls that go through it, and the choice to keep out of it.

use leptos::prelude::*;

use crate::ui::kit::has_sfu::HasSfu;
use crate::ui::kit::part::{Part, PartView};
use crate::ui::words;

/// The words are there from the start; the switch comes with the second wasm, below them, so that nothing moves.
#[component]
pub fn ServerNote() -> impl IntoView {
    HasSfu::expect().then(|| {
        view! {
            <div class="server-note">
                <p>{words::passage::IN_THE_LOBBY}</p>
                <PartView part=Part::ServerMedia/>
            </div>
        }
    })
}
