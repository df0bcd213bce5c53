//! Remembering choices in `localStorage`. A browser that forbids it simply forgets.

use web_sys::{Storage, Window};

use crate::protocol::fields::read_text;
use crate::room::Preferences;

/// The choices stand under this key of `localStorage`.
const KEY: &str = "visavis.preferences";

/// What was remembered; the defaults when nothing was or it cannot be read.
pub(crate) fn load(window: &Window) -> Preferences {
    storage(window)
        .and_then(|storage| storage.get_item(KEY).ok().flatten())
        .and_then(|json| read_text(&json).ok())
        .unwrap_or_default()
}

/// Remembers for the next visit, if the browser lets us.
pub(crate) fn store(window: &Window, preferences: &Preferences) {
    if let (Some(storage), Ok(json)) = (storage(window), serde_json::to_string(preferences)) {
        drop(storage.set_item(KEY, &json));
    }
}

fn storage(window: &Window) -> Option<Storage> {
    window.local_storage().ok().flatten()
}
