//! In the head of the call: that this goes through the server, while it does.
//!
//! Invariant: as long as anything may pass the server, it says so without being asked; what is direct needs no word there.

use leptos::prelude::*;

use crate::room::{Call, Passage};
use crate::session::Session;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::open_panels::{Panels, SidePanel};
use crate::ui::words;

/// The mark. A press opens the figures of the connections, above which stands what it means.
#[component]
pub fn PassageMark(
    /// The figures are one of these.
    panels: Panels,
) -> impl IntoView {
    let session = Session::expect();
    let passage = Memo::new(move |_| {
        let passage = session.state.with(|state| state.call().map(Call::passage));
        passage.filter(|passage| *passage != Passage::Direct)
    });
    view! {
        <div role="status">
            {move || {
                passage
                    .get()
                    .map(|passage| {
                        let words = words::passage::passage(passage);
                        view! {
                            <button
                                type="button"
                                class="passage"
                                title=words::passage::meaning(passage)
                                on:click=move |_| panels.side.set(Some(SidePanel::Connection))
                            >
                                <IconView icon=Icon::Server/>
                                <span class="passage-words">{words}</span>
                            </button>
                        }
                    })
            }}
        </div>
    }
}
