//! How well somebody's media arrives, in three steps.

use leptos::prelude::*;

use crate::protocol::PeerId;
use crate::room::Passage;
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
    let shown = Memo::new(move |_| {
        let indicator = session.quality.with(|quality| quality.indicator(&peer))?;
        let is_direct = session.state.with(|state| {
            let call = state.call();
            let passage = call.and_then(|call| Some(call.passage_to(call.person(&peer)?)));
            passage.is_none_or(|passage| passage == Passage::Direct)
        });
        Some((indicator, is_direct))
    });
    move || {
        shown.get().map(|(indicator, is_direct)| {
            let words = words::stage::indicator(indicator, is_direct);
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
