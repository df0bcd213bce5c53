//! Tells screen readers what a shortcut or a button switched.

use leptos::prelude::*;

use crate::room::Hand;
use crate::session::Session;
use crate::ui::controls::toggles::is_on;
use crate::ui::words;

/// What can be switched, as screen readers were last told.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Toggles {
    /// The microphone is on.
    microphone: bool,
    /// The camera is on.
    camera: bool,
    /// The screen is shared.
    screen: bool,
    /// The hand is up or down.
    hand: Hand,
}

/// The last thing that changed, in words.
fn change(before: Toggles, after: Toggles) -> Option<&'static str> {
    if before.microphone != after.microphone {
        return Some(words::call::microphone_switched(after.microphone));
    }
    if before.camera != after.camera {
        return Some(words::call::camera_switched(after.camera));
    }
    if before.screen != after.screen {
        return Some(words::call::sharing_changed(after.screen));
    }
    (before.hand != after.hand).then(|| words::call::hand_moved(after.hand))
}

/// A live region without looks.
#[component]
pub fn Announcer() -> impl IntoView {
    let session = Session::expect();
    let toggles = Memo::new(move |_| {
        let (microphone, camera, screen) = session.media.with(|media| {
            let (microphone, camera) = (is_on(&media.microphone), is_on(&media.camera));
            (microphone, camera, media.screen.is_sharing())
        });
        let hand = session
            .state
            .with(|state| state.call().map(|call| call.hand).unwrap_or_default());
        Toggles {
            microphone,
            camera,
            screen,
            hand,
        }
    });
    let said = RwSignal::new("");
    Effect::new(move |before: Option<Toggles>| {
        let after = toggles.get();
        if let Some(words) = before.and_then(|before| change(before, after)) {
            said.set(words);
        }
        after
    });
    view! {
        <p class="visually-hidden" role="status" aria-live="polite">
            {move || said.get()}
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_switch_is_told_and_nothing_else_is() {
        let before = Toggles {
            microphone: true,
            camera: true,
            screen: false,
            hand: Hand::Lowered,
        };
        assert_eq!(change(before, before), None);
        let muted = Toggles {
            microphone: false,
            ..before
        };
        assert_eq!(change(before, muted), Some("Microphone muted"));
        assert_eq!(change(muted, before), Some("Microphone on"));
        let sharing = Toggles {
            screen: true,
            ..before
        };
        assert_eq!(change(before, sharing), Some("You are sharing your screen"));
        let raised = Toggles {
            hand: Hand::Raised,
            ..before
        };
        assert_eq!(change(before, raised), Some("Your hand is up"));
    }
}
