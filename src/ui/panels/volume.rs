//! How loud somebody is played here.

use leptos::prelude::*;

use crate::protocol::PeerId;
use crate::room::Participant;
use crate::session::Session;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::kit::tab_stop::TabStop;
use crate::ui::words;

/// How loud this person is for me; nobody else notices.
#[component]
pub fn VolumeSlider(
    /// The slider is this person's.
    peer: PeerId,
    /// They are called this.
    name: Signal<String>,
    /// Tab reaches it while this leads to the person.
    stop: TabStop<Participant>,
) -> impl IntoView {
    let session = Session::expect();
    let tab_index = stop.index(Participant::Peer(peer.clone()));
    let whose = peer.clone();
    let volume = Memo::new(move |_| session.volume(&whose));
    let set = move |event| {
        if let Ok(volume) = event_target_value(&event).parse() {
            session.set_volume(peer.clone(), volume);
        }
    };
    view! {
        <div class="person-volume">
            <IconView icon=Icon::Sound/>
            <input
                type="range"
                min="0"
                max="100"
                step="5"
                aria-label=move || words::people::volume_of(&name.get())
                tabindex=tab_index
                prop:value=move || volume.get().to_string()
                on:input=set
            />
            <span class="person-percent" aria-hidden="true">
                {move || words::people::volume(volume.get())}
            </span>
        </div>
    }
}
