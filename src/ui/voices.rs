//! Everyone's voices, in `<audio>` elements apart from the tiles, so that nothing the stage does interrupts a voice.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, HtmlAudioElement, HtmlMediaElement};

use crate::room::{Participant, TrackKind};
use crate::session::{Session, Sound};

/// The id of the element that holds all voices.
const VOICES: &str = "voices";

/// Whose voice, and which of their two sounds.
type Voice = (Participant, TrackKind);

/// Starts an element, and notes whether the browser wants a tap first.
fn play(element: &HtmlMediaElement, session: Session) {
    let Ok(playing) = element.play() else {
        return;
    };
    spawn_local(async move {
        match JsFuture::from(playing).await {
            Ok(_) => {
                if session.sound.try_get_untracked() == Some(Sound::Blocked) {
                    session.sound.try_set(Sound::Allowed);
                }
            }
            Err(error) => {
                let blocked = error
                    .dyn_ref::<DomException>()
                    .is_some_and(|exception| exception.name() == "NotAllowedError");
                if blocked {
                    session.sound.try_set(Sound::Blocked);
                }
            }
        }
    });
}

/// Plays everyone again, from within a tap.
pub fn play_all(session: Session) {
    let mut next = document()
        .get_element_by_id(VOICES)
        .and_then(|voices| voices.first_element_child());
    while let Some(element) = next {
        next = element.next_element_sibling();
        if let Ok(voice) = element.dyn_into::<HtmlAudioElement>() {
            play(&voice, session);
        }
    }
}

/// All voices of the call.
#[component]
pub fn Voices() -> impl IntoView {
    let session = Session::expect();
    let voices = Memo::new(move |_| {
        session.streams.with(|streams| {
            let mut voices: Vec<Voice> = streams
                .keys()
                .filter(|(participant, kind)| {
                    *participant != Participant::Me
                        && matches!(kind, TrackKind::Microphone | TrackKind::ScreenAudio)
                })
                .cloned()
                .collect();
            voices.sort_by_key(key);
            voices
        })
    });
    view! {
        <div id=VOICES hidden>
            <For each=move || voices.get() key=key let:voice>
                <VoiceView voice/>
            </For>
        </div>
    }
}

fn key((participant, kind): &Voice) -> (String, TrackKind) {
    let whose = match participant {
        Participant::Me => String::new(),
        Participant::Peer(id) => id.to_string(),
    };
    (whose, *kind)
}

#[component]
fn VoiceView(voice: Voice) -> impl IntoView {
    let session = Session::expect();
    let audio = NodeRef::<html::Audio>::new();
    Effect::new(move |_| {
        let Some(audio) = audio.get() else {
            return;
        };
        let (participant, kind) = &voice;
        let stream = session.stream(participant, *kind);
        if audio.src_object() != stream {
            audio.set_src_object(stream.as_ref());
            if stream.is_some() {
                play(&audio, session);
            }
        }
    });
    view! { <audio node_ref=audio autoplay></audio> }
}
