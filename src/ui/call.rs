//! The call: the stage, and everything around it.

use leptos::html;
use leptos::prelude::*;

use crate::protocol::RoomName;
use crate::session::Session;

use super::announcer::Announcer;
use super::banner::Banners;
use super::brand::Logo;
use super::check::CheckDialog;
use super::dialog::Dialog;
use super::later::{LaterView, Part};
use super::more::MORE;
use super::panels::Panels;
use super::popover::Popover;
use super::push_to_talk;
use super::reactions::REACT;
use super::record::RecordingIndicator;
use super::shortcuts;
use super::side_panel::SidePanelFrame;
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
            {move || side.get().map(|panel| view! { <SidePanelFrame panels panel/> })}
            <Toolbar panels/>
            <Popover id=MORE label="More">
                <LaterView part=Part::More(panels)/>
            </Popover>
            <Popover id=REACT label="Reactions" class="popover-react">
                <LaterView part=Part::ReactionMenu/>
            </Popover>
            <Toasts/>
            <LaterView part=Part::Arrivals(panels)/>
            <Announcer/>
            <Voices/>
            <Dialog
                open=panels.settings
                id="settings-title"
                title="Settings"
                part=Part::Settings
            />
            <Dialog open=panels.layout id="layout-title" title="Layout" part=Part::Layout/>
            <Dialog
                open=panels.record
                id="record-title"
                title="Record this call"
                part=Part::Record(panels)
            />
            <CheckDialog open=panels.check/>
            <Dialog
                open=panels.shortcuts
                id="shortcuts-title"
                title="Keyboard shortcuts"
                part=Part::Shortcuts
            />
        </main>
    }
}
