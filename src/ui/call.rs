//! The call: the stage, and everything around it.

use leptos::html;
use leptos::prelude::*;

use crate::protocol::RoomName;
use crate::session::Session;

use super::announcer::Announcer;
use super::banner::Banners;
use super::brand::Logo;
use super::chat::ChatPanel;
use super::check::CheckDialog;
use super::connection_panel::ConnectionPanel;
use super::files::{DropTarget, FileOffers, FilesPanel};
use super::fresh::Fresh;
use super::layout_dialog::LayoutDialog;
use super::more::MoreMenu;
use super::panels::{Panels, SidePanel};
use super::people::PeoplePanel;
use super::picture_in_picture::PictureInPicture;
use super::push_to_talk;
use super::reactions::{ReactionMenu, Reactions};
use super::record::{RecordDialog, RecordingIndicator};
use super::settings::SettingsDialog;
use super::shortcuts::{self, ShortcutsDialog};
use super::stage::Stage;
use super::toast::Toasts;
use super::toolbar::Toolbar;
use super::voices::Voices;

/// The call in a room.
#[component]
pub fn CallView(
    /// Which room.
    room: RoomName,
) -> impl IntoView {
    let session = Session::expect();
    let panels = Panels::closed();
    shortcuts::listen(session, panels);
    push_to_talk::listen(session);
    // The order of hands is that of raising only while it is followed.
    Effect::new(move |_| session.hands.with(|_| ()));
    // A panel that is opened again while it is open stays as it is.
    let side = Memo::new(move |_| panels.side.get());
    let heading = NodeRef::<html::H1>::new();
    heading.on_load(|heading| drop(heading.focus()));
    view! {
        <main class="call" data-panel=move || panels.side.get().map(|_| "")>
            <header class="call-head">
                <Logo/>
                <h1 node_ref=heading tabindex="-1">{room.to_string()}</h1>
                <RecordingIndicator/>
            </header>
            <Banners panels/>
            <Stage/>
            {move || {
                side
                    .get()
                    .map(|panel| match panel {
                        SidePanel::People => Fresh::new(move || view! { <PeoplePanel panels/> }),
                        SidePanel::Chat => Fresh::new(move || view! { <ChatPanel panels/> }),
                        SidePanel::Connection => {
                            Fresh::new(move || view! { <ConnectionPanel panels/> })
                        }
                        SidePanel::Files => Fresh::new(move || view! { <FilesPanel panels/> }),
                    })
            }}
            <Toolbar panels/>
            <MoreMenu panels/>
            <ReactionMenu/>
            <Reactions/>
            <Toasts/>
            <FileOffers panels/>
            <DropTarget panels/>
            <Announcer/>
            <Voices/>
            <SettingsDialog panels/>
            <LayoutDialog panels/>
            <RecordDialog panels/>
            <CheckDialog open=panels.check/>
            <PictureInPicture panels/>
            <ShortcutsDialog panels/>
        </main>
    }
}
