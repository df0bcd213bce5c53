//! Who is inside already, told in the lobby.

use leptos::prelude::*;

/// Says who is inside.
#[component]
pub fn Inside() -> impl IntoView {
    view! { <p class="inside"></p> }
}
