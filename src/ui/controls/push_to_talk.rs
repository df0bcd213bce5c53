//! Hold the space bar to be heard while muted.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, Event, KeyboardEvent};

use crate::room::attention::{KeyTarget, PushToTalk, PushToTalkCommand, PushToTalkEvent};
use crate::room::{MediaAction, Switch, VisitAction};
use crate::session::Session;

/// Characters are typed here, or values are changed with keys.
const FIELDS: &str = "input, textarea, select, [contenteditable]";

/// The space bar presses these.
const CONTROLS: &str = "button, a, summary, label, video[controls]";

/// The focus last came where it is in one of these ways.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Focus {
    /// Tab, or the page itself, put the focus there.
    Keys,
    /// A click or a tap put the focus there.
    Pointer,
}

/// What the key is meant for. A button that was clicked keeps the focus, but nobody means it by the space bar until they
/// move the focus with keys. (`:focus-visible` cannot tell: the first key makes it match.)
fn target(event: &Event, focus: Focus) -> KeyTarget {
    let element = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let Some(element) = element else {
        return KeyTarget::Page;
    };
    let inside = |selector| element.closest(selector).ok().flatten().is_some();
    if inside(FIELDS) {
        KeyTarget::TextField
    } else if inside(CONTROLS) && focus == Focus::Keys {
        KeyTarget::Control
    } else {
        KeyTarget::Page
    }
}

/// Listens for the space bar until the caller's owner is gone; a held one is let go of then.
pub fn listen(session: Session) {
    let held = StoredValue::new(PushToTalk::default());
    let focus = StoredValue::new(Focus::Keys);
    let handle = move |event: PushToTalkEvent| {
        let command = held
            .try_update_value(|held| held.handle(event))
            .flatten()
            .map(|command| match command {
                PushToTalkCommand::Begin => Switch::On,
                PushToTalkCommand::End => Switch::Off,
            });
        if let Some(switch) = command {
            session.ask(VisitAction::Media(MediaAction::SetMicrophone(switch)));
        }
    };
    let switch = move || session.media.with(|media| media.microphone.switch);
    let switch = Memo::new(move |_| switch());
    Effect::new(move |_| {
        if switch.get() == Switch::Off {
            handle(PushToTalkEvent::SwitchedOtherwise);
        }
    });
    Effect::new(move |_| {
        let clicked = window_event_listener(ev::pointerdown, move |_| {
            focus.set_value(Focus::Pointer);
        });
        let pressed = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
            if event.key() == "Tab" {
                focus.set_value(Focus::Keys);
            }
            let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
            if event.code() != "Space" || modified {
                return;
            }
            handle(PushToTalkEvent::Pressed {
                target: target(&event, focus.get_value()),
                microphone: switch.get_untracked(),
            });
            if held.get_value() == PushToTalk::Talking {
                event.prevent_default();
            }
        });
        let released = window_event_listener(ev::keyup, move |event: KeyboardEvent| {
            if event.code() != "Space" {
                return;
            }
            // Else the button clicked last would be pressed.
            if held.get_value() == PushToTalk::Talking {
                event.prevent_default();
            }
            handle(PushToTalkEvent::Released);
        });
        let blurred = window_event_listener(ev::blur, move |_| handle(PushToTalkEvent::Blurred));
        on_cleanup(move || {
            handle(PushToTalkEvent::Blurred);
            clicked.remove();
            pressed.remove();
            released.remove();
            blurred.remove();
        });
    });
}
