//! What is switched over with one press: microphone, camera, sound alone, the layout; and the buttons of the first two, the
//! same in the lobby and in the call.

use leptos::prelude::*;

use super::keys::Shortcut;
use crate::room::media::settings::{CallMedia, CaptureSettings};
use crate::room::stage::{Layout, LayoutMode, StageAction};
use crate::room::{Capture, MediaAction, Source, Switch, VisitAction};
use crate::session::Session;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::tool_button::{Tone, ToolButton};
use crate::ui::words;

/// Whether a source counts as on: wanted, and nothing known to be wrong with it.
pub fn is_on(source: &Source) -> bool {
    source.switch == Switch::On && !matches!(source.capture, Capture::Failed(_))
}

fn tone(source: &Source) -> Tone {
    match (source.switch, &source.capture) {
        (Switch::On, Capture::Failed(_)) => Tone::Trouble,
        (Switch::Off, _) => Tone::Off,
        (Switch::On, _) => Tone::Plain,
    }
}

/// What a press on the microphone's button asks for.
pub fn toggle_microphone(session: Session) {
    let source = session
        .media
        .with_untracked(|media| media.microphone.clone());
    session.ask(VisitAction::Media(wanted(
        &source,
        MediaAction::SetMicrophone,
    )));
}

/// What a press on the camera's button asks for.
pub fn toggle_camera(session: Session) {
    let source = session.media.with_untracked(|media| media.camera.clone());
    session.ask(VisitAction::Media(wanted(&source, MediaAction::SetCamera)));
}

/// A source that failed is asked for again; any other is switched over.
fn wanted(source: &Source, set: fn(Switch) -> MediaAction) -> MediaAction {
    match (source.switch, &source.capture) {
        (Switch::On, Capture::Failed(_)) => MediaAction::Retry,
        (switch, _) => set(switch.flipped()),
    }
}

/// Asks for other settings.
pub fn configure(session: Session, change: impl FnOnce(&mut CaptureSettings)) {
    let mut settings = session.media.with_untracked(|media| media.settings.clone());
    change(&mut settings);
    session.ask(VisitAction::Media(MediaAction::Configure(settings)));
}

/// Takes part with sound alone, or with pictures again.
pub fn toggle_audio_only(session: Session) {
    configure(session, |settings| {
        settings.media = match settings.media {
            CallMedia::AudioOnly => CallMedia::AudioAndVideo,
            CallMedia::AudioAndVideo => CallMedia::AudioOnly,
        };
    });
}

/// Whether the call is one of sound alone for this participant; tracked.
pub fn is_audio_only(session: Session) -> bool {
    session
        .media
        .with(|media| media.settings.media == CallMedia::AudioOnly)
}

/// Changes over between grid and speaker.
pub fn toggle_layout(session: Session) {
    let other = session.stage.with_untracked(|stage| match stage.mode() {
        LayoutMode::Grid => Layout::Speaker,
        LayoutMode::Speaker | LayoutMode::Pinned(_) => Layout::Grid,
    });
    session.ask(VisitAction::Stage(StageAction::Arrange(other)));
}

/// "Mute microphone" and "Unmute microphone".
#[component]
pub fn MicrophoneToggle() -> impl IntoView {
    let session = Session::expect();
    let on = Memo::new(move |_| session.media.with(|media| is_on(&media.microphone)));
    let tone = Memo::new(move |_| session.media.with(|media| tone(&media.microphone)));
    let in_call = Memo::new(move |_| session.state.with(|state| state.call().is_some()));
    view! {
        <ToolButton
            name=Signal::derive(move || words::controls::microphone_button(on.get()))
            icon=Signal::derive(move || {
                if on.get() { Icon::Microphone } else { Icon::MicrophoneOff }
            })
            tone
            keys=Shortcut::Microphone.keys()
            hint=Signal::derive(move || {
                if !on.get() && in_call.get() { words::controls::HOLD_SPACE } else { "" }
            })
            on_press=move || toggle_microphone(session)
        />
    }
}

/// "Turn camera off" and "Turn camera on".
#[component]
pub fn CameraToggle() -> impl IntoView {
    let session = Session::expect();
    let on = Memo::new(move |_| session.media.with(|media| is_on(&media.camera)));
    let tone = Memo::new(move |_| session.media.with(|media| tone(&media.camera)));
    view! {
        <ToolButton
            name=Signal::derive(move || words::controls::camera_button(on.get()))
            icon=Signal::derive(move || if on.get() { Icon::Video } else { Icon::VideoOff })
            tone
            keys=Shortcut::Camera.keys()
            on_press=move || toggle_camera(session)
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::MediaProblem;

    fn source(switch: Switch, capture: Capture) -> Source {
        Source {
            switch,
            capture,
            device: None,
        }
    }

    #[test]
    fn a_press_switches_over_and_asks_again_for_what_failed() {
        let live = source(Switch::On, Capture::Live);
        let off = source(Switch::Off, Capture::Idle);
        let failed = source(Switch::On, Capture::Failed(MediaProblem::NoDevice));
        let set = MediaAction::SetCamera;
        assert_eq!(wanted(&live, set), MediaAction::SetCamera(Switch::Off));
        assert_eq!(wanted(&off, set), MediaAction::SetCamera(Switch::On));
        assert_eq!(wanted(&failed, set), MediaAction::Retry);
        assert!(is_on(&live) && !is_on(&off) && !is_on(&failed));
    }
}
