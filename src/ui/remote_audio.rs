//! Everyone's voices, in `<audio>` elements apart from the tiles, so that nothing the stage does interrupts a voice.

use js_sys::{Function, Promise, Reflect};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, HtmlAudioElement, HtmlMediaElement};

use crate::room::ordered::sort_few;
use crate::room::{LocalMedia, Participant, TrackKind};
use crate::session::{FULL_VOLUME, Session, Sound};

/// The element that holds all voices has this id.
const VOICES: &str = "voices";

/// A speaker is chosen by this method.
const SET_SINK: &str = "setSinkId";

/// A voice is somebody's, and one of their two sounds.
type Voice = (Participant, TrackKind);

/// Whether this browser lets a page choose the speaker (W3C Audio Output Devices).
pub fn can_choose_speaker() -> bool {
    let audio = document().create_element("audio").ok();
    audio.is_some_and(|audio| Reflect::has(&audio, &SET_SINK.into()).unwrap_or(false))
}

/// Whether this browser lets a page set the volume; phones keep that to their buttons.
pub fn can_set_volume() -> bool {
    let audio = document().create_element("audio").ok();
    let audio = audio.map(|audio| audio.unchecked_into::<HtmlMediaElement>());
    audio.is_some_and(|audio| {
        audio.set_volume(0.5);
        audio.volume() < 1.0
    })
}

/// The id of the chosen speaker while it is there; else nothing, which is the browser's default.
fn speaker(media: &LocalMedia) -> String {
    let chosen = media.settings.speaker_device.as_ref();
    chosen
        .filter(|id| media.devices.iter().any(|device| device.id == **id))
        .map(|id| id.0.clone())
        .unwrap_or_default()
}

/// A speaker that went away meanwhile is refused; the voice stays where it was.
fn set_sink(audio: &HtmlAudioElement, sink: &str) {
    let set = Reflect::get(audio, &SET_SINK.into())
        .ok()
        .and_then(|set| set.dyn_into::<Function>().ok())
        .and_then(|set| set.call1(audio, &sink.into()).ok())
        .and_then(|set| set.dyn_into::<Promise>().ok());
    if let Some(set) = set {
        spawn_local(async move { drop(JsFuture::from(set).await) });
    }
}

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
            sort_few(&mut voices, key);
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
    let whose = match &voice.0 {
        Participant::Me => None,
        Participant::Peer(peer) => Some(peer.clone()),
    };
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
    let sink = Memo::new(move |_| session.media.with(speaker));
    Effect::new(move |before: Option<String>| {
        let sink = sink.get();
        if let Some(audio) = audio.get()
            && before.unwrap_or_default() != sink
        {
            set_sink(&audio, &sink);
        }
        sink
    });
    Effect::new(move |_| {
        let volume = whose
            .as_ref()
            .map_or(FULL_VOLUME, |peer| session.volume(peer));
        if let Some(audio) = audio.get() {
            audio.set_volume(f64::from(volume) / f64::from(FULL_VOLUME));
        }
    });
    view! { <audio node_ref=audio autoplay></audio> }
}
