//! The bar that shows how loud the own microphone is.

use leptos::html;
use leptos::prelude::*;

use crate::room::Participant;
use crate::session::Session;

/// A live level of the own microphone.
#[component]
pub fn LevelMeter() -> impl IntoView {
    let session = Session::expect();
    let bar = NodeRef::<html::Div>::new();
    let level = session.level(&Participant::Me);
    let shown = level.clone();
    let tenths = Memo::new(move |_| (shown.get().clamp(0.0, 1.0) * 10.0).round() * 10.0);
    Effect::new(move |_| {
        let level = level.get().clamp(0.0, 1.0);
        if let Some(bar) = bar.get() {
            let style = web_sys::HtmlElement::style(&bar);
            drop(style.set_property("--level", &decimal(level.into())));
        }
    });
    view! {
        <div
            node_ref=bar
            class="level"
            role="meter"
            aria-label=words::controls::MICROPHONE_LEVEL
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=move || tenths.get().to_string()
        >
            <span class="level-fill"></span>
        </div>
    }
}
use super::measure::decimal;
use crate::ui::words;
