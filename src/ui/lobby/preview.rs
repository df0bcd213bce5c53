//! The own picture before the call, with the switches.

use leptos::prelude::*;

use crate::room::{Capture, Environment, LocalMedia, Participant, Switch, TrackKind};
use crate::session::Session;
use crate::ui::controls::toggles::{CameraToggle, MicrophoneToggle};
use crate::ui::kit::level_meter::LevelMeter;
use crate::ui::stage::video::Picture;

/// What is said where the picture would be, and nothing while there is one.
fn caption(media: &LocalMedia) -> &'static str {
    match media.environment {
        Environment::Insecure | Environment::NoWebRtc => return "No camera on this page",
        Environment::Unknown => return "Getting ready…",
        Environment::Capable => {}
    }
    match (media.camera.switch, &media.camera.capture) {
        (Switch::Off, _) => "Your camera is off",
        (Switch::On, Capture::Live | Capture::Replacing) => "",
        (Switch::On, Capture::Idle) => "Getting ready…",
        (Switch::On, Capture::Requesting) => {
            "Allow your camera and microphone when the browser asks"
        }
        (Switch::On, Capture::Failed(_)) => "No camera picture",
    }
}

/// The picture, the switches, the level.
#[component]
pub fn Preview() -> impl IntoView {
    let session = Session::expect();
    let caption = Memo::new(move |_| session.media.with(caption));
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
