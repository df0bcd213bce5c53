//! The own picture before the call, with the switches.

use leptos::prelude::*;

use crate::room::{Participant, TrackKind};
use crate::session::Session;
use crate::ui::controls::toggles::{CameraToggle, MicrophoneToggle};
use crate::ui::kit::level_meter::LevelMeter;
use crate::ui::stage::video::Picture;
use crate::ui::words;

/// The picture, the switches, the level.
#[component]
pub fn Preview() -> impl IntoView {
    let session = Session::expect();
    let caption = Memo::new(move |_| session.media.with(words::lobby::caption));
    view! {
        <div class="preview" data-live=move || caption.get().is_empty().then_some("")>
            <p class="preview-caption">{move || caption.get()}</p>
            <Picture participant=Participant::Me kind=TrackKind::Camera/>
            <div class="preview-controls">
                <LevelMeter/>
                <MicrophoneToggle/>
                <CameraToggle/>
            </div>
        </div>
    }
}
