//! How well somebody's media arrives, in three steps.

use leptos::prelude::*;

use crate::protocol::PeerId;
use crate::room::quality::Indicator;
use crate::session::Session;
use crate::ui::words;

/// Three bars; nothing before anything is known.
#[component]
pub fn QualityIcon(
    /// The icon tells how well this person's media arrives.
    peer: PeerId,
) -> impl IntoView {
    let session = Session::expect();
    let indicator = Memo::new(move |_| session.quality.with(|quality| quality.indicator(&peer)));
    move || {
        indicator.get().map(|indicator| {
            let words = words::stage::indicator(indicator);
            let bars = match indicator {
                Indicator::Good => "3",
                Indicator::Fair => "2",
                Indicator::Poor => "1",
            };
            view! {
                <span class="quality" data-bars=bars title=words>
                    <span class="quality-bar"></span>
                    <span class="quality-bar"></span>
                    <span class="quality-bar"></span>
                    <span class="visually-hidden">{words}</span>
                </span>
            }
        })
    }
}
