//! The menu of what is needed less often, and, on narrow screens, of what the toolbar has no room for.

use leptos::prelude::*;

use crate::session::{Session, Wish};

use super::icon::Icon;
use super::panels::Panels;
use super::popover::{MenuItem, Popover};

/// The id of the menu.
pub const MORE: &str = "more";

/// The menu behind the toolbar's "More".
#[component]
pub fn MoreMenu(
    /// Which panels are open.
    panels: Panels,
) -> impl IntoView {
    let session = Session::expect();
    view! {
        <Popover id=MORE label="More">
            <MenuItem
                popover=MORE
                name="Copy link"
                icon=Icon::Link
                keys="Ctrl+Alt+L"
                class="menu-narrow"
                on_press=move || session.wish(Wish::CopyLink)
            />
            <MenuItem
                popover=MORE
                name="Settings"
                icon=Icon::Settings
                keys="Ctrl+,"
                class="menu-narrow"
                on_press=move || panels.settings.set(true)
            />
            <MenuItem
                popover=MORE
                name="Keyboard shortcuts"
                icon=Icon::Keyboard
                keys="Ctrl+/"
                on_press=move || panels.shortcuts.set(true)
            />
        </Popover>
    }
}
