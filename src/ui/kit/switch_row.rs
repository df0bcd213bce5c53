//! A row of the settings that switches something over.

use leptos::prelude::*;

/// Something that is on or off.
#[component]
pub fn SwitchRow(
    /// The switch is called this.
    name: &'static str,
    /// The switch does this, said in a sentence below its name.
    words: &'static str,
    /// The switch is on while this is true.
    #[prop(into)]
    on: Signal<bool>,
    /// A press flips the switch by this.
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
