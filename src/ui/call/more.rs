//! The menu of what is needed less often, and, on narrow screens, of what the toolbar has no room for.

use leptos::prelude::*;

use super::picture_in_picture;
use super::reactions::ReactionRow;
use crate::session::{Action, Session};
use crate::ui::controls::keys::Shortcut;
use crate::ui::controls::share::ShareItem;
use crate::ui::controls::toggles::{is_audio_only, toggle_audio_only};
use crate::ui::dialogs::record::RecordItem;
use crate::ui::kit::full_screen;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::popover::MenuItem;
use crate::ui::open_panels::{Panels, SidePanel};
use crate::ui::words;

/// The menu has this id.
pub const MORE: &str = "more";

/// What is in the menu behind the toolbar's "More".
#[component]
pub fn MoreItems(
    /// Most items open one of these.
    panels: Panels,
) -> impl IntoView {
    let session = Session::expect();
    let audio_only = Memo::new(move |_| is_audio_only(session));
    view! {
        <div class="menu-narrow">
            <ReactionRow popover=MORE/>
        </div>
        <ShareItem popover=MORE/>
        <MenuItem
            popover=MORE
            name=words::call::FILES
            icon=Icon::Attach
            on_press=move || panels.side.set(Some(SidePanel::Files))
        />
        <MenuItem
            popover=MORE
            name=Signal::derive(move || words::call::audio_only_item(audio_only.get()))
            icon=Signal::derive(move || {
                if audio_only.get() { Icon::Video } else { Icon::VideoOff }
            })
            on_press=move || toggle_audio_only(session)
        />
        <MenuItem
            popover=MORE
            name=words::call::LAYOUT
            icon=Icon::Grid
            on_press=move || panels.layout.set(true)
        />
        {full_screen::is_supported()
            .then(|| {
                view! {
                    <MenuItem
                        popover=MORE
                        name=words::call::FULL_SCREEN
                        icon=Icon::Maximize
                        keys=Shortcut::FullScreen.keys()
                        on_press=full_screen::toggle_call
                    />
                }
            })}
        {picture_in_picture::is_supported()
            .then(|| {
                view! {
                    <MenuItem
                        popover=MORE
                        name=words::call::PICTURE_IN_PICTURE
                        icon=Icon::PictureInPicture
                        keys=Shortcut::Floating.keys()
                        on_press=move || panels.floating.update(|open| *open = !*open)
                    />
                }
            })}
        <RecordItem panels popover=MORE/>
        <MenuItem
            popover=MORE
            name=words::call::CONNECTION
            icon=Icon::Signal
            on_press=move || panels.side.set(Some(SidePanel::Connection))
        />
        <MenuItem
            popover=MORE
            name=words::buttons::COPY_LINK
            icon=Icon::Link
            keys=Shortcut::CopyLink.keys()
            class="menu-narrow"
            on_press=move || session.ask(Action::CopyLink)
        />
        <MenuItem
            popover=MORE
            name=words::call::SETTINGS
            icon=Icon::Settings
            keys=Shortcut::Settings.keys()
            class="menu-narrow"
            on_press=move || panels.settings.set(true)
        />
        <MenuItem
            popover=MORE
            name=words::call::SHORTCUTS
            icon=Icon::Keyboard
            keys=Shortcut::Help.keys()
            on_press=move || panels.shortcuts.set(true)
        />
    }
}
