//! Full screen: the whole call or one tile (WHATWG Fullscreen). Escape leaves it; that is the browser's.

use leptos::prelude::*;
use leptos::web_sys::Element;

/// Whether this browser lets a page fill the screen; phones often do not.
pub fn is_supported() -> bool {
    document().fullscreen_enabled()
}

/// Fills the screen with this element, or leaves full screen if it does already.
pub fn toggle(element: &Element) {
    let document = document();
    let filled = document.fullscreen_element();
    if filled.as_ref() == Some(element) {
        document.exit_fullscreen();
    } else {
        // Fails only without a gesture or where a policy forbids it; the button then does nothing.
        drop(element.request_fullscreen());
    }
}

/// Fills the screen with the whole call, or leaves full screen.
pub fn toggle_call() {
    let document = document();
    if document.fullscreen_element().is_some() {
        document.exit_fullscreen();
    } else if let Ok(Some(call)) = document.query_selector(".call") {
        toggle(&call);
    }
}
