//! The buttons of the call.

use leptos::prelude::*;

use super::more::MORE;
use super::reactions::ReactButton;
use crate::room::{Call, CallAction, Hand};
use crate::session::{Action, Session};
use crate::ui::controls::keys::Shortcut;
use crate::ui::controls::share::ShareToggle;
use crate::ui::controls::shortcuts::toggle_hand;
use crate::ui::controls::toggles::{CameraToggle, MicrophoneToggle};
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::kit::tool_button::{Tone, ToolButton};
use crate::ui::open_panels::{Panels, SidePanel};
use crate::ui::words;

/// The toolbar.
#[component]
pub fn Toolbar(
    /// The buttons open and close these.
    panels: Panels,
) -> impl IntoView {
    let session = Session::expect();
    let count = Memo::new(move |_| {
        session
            .state
            .with(|state| state.call().map(Call::head_count))
    });
    let raised = Memo::new(move |_| {
        session
            .state
            .with(|state| state.call().is_some_and(|call| call.hand == Hand::Raised))
    });
    let people = panels.shows(SidePanel::People);
    let chat = panels.shows(SidePanel::Chat);
    let unread =
        Signal::derive(move || Some(session.messaging.unread.get()).filter(|count| *count > 0));
    view! {
        <section class="toolbar" aria-label=words::call::CONTROLS>
            <div class="toolbar-group">
                <MicrophoneToggle/>
                <CameraToggle/>
                <ShareToggle/>
                <ToolButton
                    name=Signal::derive(move || words::call::hand_button(raised.get()))
                    icon=Icon::Hand
                    tone=Signal::derive(move || if raised.get() { Tone::Active } else { Tone::Plain })
                    keys=Shortcut::Hand.keys()
                    on_press=move || toggle_hand(session)
                />
                <ReactButton/>
            </div>
            <div class="toolbar-group">
                <ToolButton
                    name=words::call::CHAT
                    icon=Icon::Chat
                    class="tool-chat"
                    tone=Signal::derive(move || if chat.get() { Tone::Active } else { Tone::Plain })
                    count=unread
                    keys=Shortcut::Chat.keys()
                    expanded=chat
                    controls="chat"
                    on_press=move || panels.toggle(SidePanel::Chat)
                />
                <ToolButton
                    name=words::call::PEOPLE
                    icon=Icon::Users
                    class="tool-people"
                    tone=Signal::derive(move || if people.get() { Tone::Active } else { Tone::Plain })
                    count
                    keys=Shortcut::People.keys()
                    expanded=people
                    controls="people"
                    on_press=move || panels.toggle(SidePanel::People)
                />
                <ToolButton
                    name=words::buttons::COPY_LINK
                    icon=Icon::Link
                    class="tool-wide"
                    keys=Shortcut::CopyLink.keys()
                    on_press=move || session.ask(Action::CopyLink)
                />
                <ToolButton
                    name=words::call::SETTINGS
                    icon=Icon::Settings
                    class="tool-wide"
                    keys=Shortcut::Settings.keys()
                    on_press=move || panels.settings.set(true)
                />
                <ToolButton name=words::call::MORE icon=Icon::More class="tool-more" popover=MORE on_press=|| ()/>
            </div>
            <button type="button" class="leave" on:click=move |_| session.act(CallAction::Leave)>
                <IconView icon=Icon::HangUp/>
                <span class="leave-word">{words::buttons::LEAVE}</span>
            </button>
        </section>
    }
}
