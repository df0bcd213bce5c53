//! The name and the look of the product: wordmark, header, footer, and the picture of two who face each other.

use leptos::prelude::*;

use super::has_sfu::HasSfu;
use crate::ui::words;

/// Two half discs, face to face.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <path class="logo-one" d="M14.5 3v20A10.5 10.5 0 0 1 4 12.9 10.3 10.3 0 0 1 14.5 3Z"></path>
            <path class="logo-other" d="M17.5 9v20A10.3 10.3 0 0 0 28 19.1 10.5 10.5 0 0 0 17.5 9Z"></path>
        </svg>
    }
}

/// The logo with the name, as a link home.
#[component]
pub fn Wordmark() -> impl IntoView {
    view! {
        <a href="/" class="wordmark">
            <Logo/>
            <span>"Visavis"</span>
        </a>
    }
}

/// The head of every page outside a call.
#[component]
pub fn PageHeader() -> impl IntoView {
    view! {
        <header class="page-header">
            <Wordmark/>
        </header>
    }
}

/// The foot of every page outside a call.
#[component]
pub fn PageFooter() -> impl IntoView {
    view! {
        <footer class="page-footer">
            <p>{words::pages::foot(HasSfu::expect())}</p>
        </footer>
    }
}

/// The picture on the home page: two tiles, two people, facing each other.
#[component]
pub fn Facing() -> impl IntoView {
    view! {
        <div class="facing" aria-hidden="true">
            <div class="facing-tile facing-one">
                <svg viewBox="0 0 200 240" focusable="false">
                    <path class="facing-shape" d="M128 36v136a68 68 0 0 1 0-136Z"></path>
                    <path class="facing-shape facing-body" d="M36 240a92 92 0 0 1 92-52v52Z"></path>
                </svg>
                <span class="facing-name">"Ada"</span>
            </div>
            <div class="facing-tile facing-other">
                <svg viewBox="0 0 200 240" focusable="false">
                    <path class="facing-shape" d="M72 36v136a68 68 0 0 0 0-136Z"></path>
                    <path class="facing-shape facing-body" d="M164 240a92 92 0 0 0-92-52v52Z"></path>
                </svg>
                <span class="facing-name">"Ben"</span>
            </div>
        </div>
    }
}
