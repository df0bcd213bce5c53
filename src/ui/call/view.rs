//! The call: the stage, and everything around it.

use leptos::html;
use leptos::prelude::*;

use super::announcer::Announcer;
use super::banner::Banners;
use super::more::MORE;
use super::reactions::REACT;
use super::side_panel::SidePanelFrame;
use super::toolbar::Toolbar;
use crate::protocol::RoomName;
use crate::session::Session;
use crate::ui::controls::{push_to_talk, shortcuts};
use crate::ui::dialogs::connection_test::CheckDialog;
use crate::ui::dialogs::record::RecordingIndicator;
use crate::ui::kit::brand::Logo;
use crate::ui::kit::dialog::Dialog;
use crate::ui::kit::part::{Part, PartView};
use crate::ui::kit::popover::Popover;
use crate::ui::open_panels::Panels;
use crate::ui::remote_audio::Voices;
use crate::ui::stage::Stage;
use crate::ui::words;

/// The call in a room.
#[component]
pub fn CallView(
    /// The call takes place in this room.
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
                <PartView part=Part::Passage(panels)/>
                <RecordingIndicator/>
            </header>
            <Banners panels/>
            <PartView part=Part::Arrivals(panels)/>
            // Before the stage, and so ahead of all tiles where Tab leads.
            <Toolbar panels/>
            {move || side.get().map(|panel| view! { <SidePanelFrame panels panel/> })}
            <Stage/>
            <Popover id=MORE label=words::call::MORE>
                <PartView part=Part::More(panels)/>
            </Popover>
            <Popover id=REACT label=words::call::REACTIONS class="popover-react">
                <PartView part=Part::ReactionMenu/>
            </Popover>
            <Announcer/>
            <Voices/>
            <Dialog
                open=panels.settings
                id="settings-title"
                title=words::call::SETTINGS
                part=Part::Settings
            />
            <Dialog open=panels.layout id="layout-title" title=words::call::LAYOUT part=Part::Layout/>
            <Dialog
                open=panels.record
                id="record-title"
                title=words::call::RECORD
                part=Part::Record(panels)
            />
            <CheckDialog open=panels.check/>
            <Dialog
                open=panels.shortcuts
                id="shortcuts-title"
                title=words::call::SHORTCUTS
                part=Part::Shortcuts
            />
        </main>
    }
}
