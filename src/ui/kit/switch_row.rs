//! A row of the settings that switches something over.

use leptos::prelude::*;

/// Something that is on or off.
#[component]
pub fn SwitchRow(
    /// What it is called.
    name: &'static str,
    /// What it does.
    words: &'static str,
    /// Whether it is on.
    #[prop(into)]
    on: Signal<bool>,
    /// Flips it.
    on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <label class="choice">
            <input type="checkbox" prop:checked=on on:change=move |_| on_press.run(())/>
            <span>
                <strong>{name}</strong>
                <small>{words}</small>
            </span>
        </label>
    }
}
