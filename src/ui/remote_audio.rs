//! Everyone's voices, in `<audio>` elements apart from the tiles, so that nothing the stage does interrupts a voice.
//!
//! Invariant: each line has an element of its own that plays all the time, whoever owns the line, and what is not to be heard is
//! muted. So who is heard from another line than before is so without a gap: both elements change in one task, and not before
//! the new one plays.

use js_sys::{Function, Promise, Reflect};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, Element, HtmlMediaElement};

use crate::room::{LineKey, LocalMedia};
use crate::session::{FULL_VOLUME, Session, Sound, Voice};

/// The element that holds all voices has this id.
const VOICES: &str = "voices";

/// A speaker is chosen by this method.
const SET_SINK: &str = "setSinkId";

/// An element that is in this state or beyond has something to play (HTML section 4.8.11.7, `HAVE_CURRENT_DATA`).
const HAS_DATA: u16 = 2;

/// An element for sound, on no page yet.
fn audio_element() -> Option<HtmlMediaElement> {
    let audio = document().create_element("audio").ok()?;
    Some(audio.unchecked_into())
}

/// Whether this browser lets a page choose the speaker (W3C Audio Output Devices).
pub fn can_choose_speaker() -> bool {
    audio_element().is_some_and(|audio| Reflect::has(&audio, &SET_SINK.into()).unwrap_or(false))
}

/// Whether this browser lets a page set the volume; phones keep that to their buttons.
pub fn can_set_volume() -> bool {
    audio_element().is_some_and(|audio| {
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
fn set_sink(audio: &HtmlMediaElement, sink: &str) {
    let set = Reflect::get(audio, &SET_SINK.into())
        .ok()
        .and_then(|set| set.dyn_into::<Function>().ok())
        .and_then(|set| set.call1(audio, &sink.into()).ok())
        .and_then(|set| set.dyn_into::<Promise>().ok());
    if let Some(set) = set {
        spawn_local(async move { drop(JsFuture::from(set).await) });
    }
}

/// Starts an element, and notes whether the browser wants a tap first. Whoever reads [`Session::sound`] learns that it plays.
fn play(element: &HtmlMediaElement, session: Session) {
    let Ok(playing) = element.play() else {
        return;
    };
    let element = Clone::clone(element);
    spawn_local(async move {
        match JsFuture::from(playing).await {
            Ok(_) => {
                // What is muted plays also where nothing may be heard.
                session.sound.try_update(|sound| {
                    if !element.muted() {
                        *sound = Sound::Allowed;
                    }
                });
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
        play(element.unchecked_ref(), session);
    }
}

/// A line is played by this element. Dropping it takes the element off the page.
struct Player {
    /// The line has this name.
    line: LineKey,
    /// The element plays the line.
    audio: HtmlMediaElement,
    /// The element plays to this speaker; empty is the browser's default.
    sink: String,
}

impl Player {
    fn new(line: LineKey, home: &Element) -> Option<Self> {
        let audio = audio_element()?;
        audio.set_autoplay(true);
        audio.set_muted(true);
        home.append_child(&audio).ok()?;
        Some(Self {
            line,
            audio,
            sink: String::new(),
        })
    }

    /// Whether something comes out of it, or would if it were not muted.
    fn plays(&self) -> bool {
        !self.audio.paused() && self.audio.ready_state() >= HAS_DATA
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.audio.remove();
        self.audio.set_src_object(None);
    }
}

/// The elements of all lines.
#[derive(Default)]
struct Players(Vec<Player>);

impl Players {
    /// Has an element for each line and no others, plays the line in it, and lets hear what is to be heard.
    fn follow(&mut self, voices: &[Voice], home: &Element, sink: &str, session: Session) {
        let stays = |player: &Player| voices.iter().any(|voice| voice.key == player.line);
        self.0.retain(stays);
        for voice in voices {
            if self.of(voice).is_none() {
                self.0.extend(Player::new(voice.key.clone(), home));
            }
        }
        let mut fresh = Vec::new();
        for voice in voices {
            let Some(player) = self.0.iter_mut().find(|player| player.line == voice.key) else {
                continue;
            };
            if player.audio.src_object().as_ref() != Some(&*voice.stream) {
                player.audio.set_src_object(Some(&voice.stream));
                fresh.push(Clone::clone(&player.audio));
            }
            if player.sink != sink {
                set_sink(&player.audio, sink);
                player.sink = sink.to_owned();
            }
            if let Some((peer, _)) = &voice.whose {
                let volume = f64::from(session.volume(peer)) / f64::from(FULL_VOLUME);
                player.audio.set_volume(volume);
            }
        }
        for voice in voices {
            if voice.audible {
                self.let_hear(voice, voices, session);
            } else if voice.whose.is_none()
                && let Some(player) = self.of(voice)
            {
                player.audio.set_muted(true);
            }
        }
        for audio in fresh {
            if audio.paused() {
                play(&audio, session);
            }
        }
    }

    fn of(&self, voice: &Voice) -> Option<&Player> {
        self.0.iter().find(|player| player.line == voice.key)
    }

    /// Lets hear this line of somebody instead of their others, unless it does not play yet and one of the others does.
    fn let_hear(&self, voice: &Voice, voices: &[Voice], session: Session) {
        let Some(player) = self.of(voice) else {
            return;
        };
        let others = voices
            .iter()
            .filter(|other| other.whose == voice.whose && other.key != voice.key);
        let others: Vec<&Player> = others.filter_map(|other| self.of(other)).collect();
        let mut heard = others.iter().filter(|other| !other.audio.muted());
        let replaces = heard.any(|other| other.plays());
        if replaces && !player.plays() {
            return;
        }
        if player.audio.muted() {
            player.audio.set_muted(false);
            // Some browsers stop what they let play only because it was muted, until there is a tap.
            if player.audio.paused() {
                play(&player.audio, session);
                if replaces {
                    return;
                }
            }
        }
        for other in others {
            other.audio.set_muted(true);
        }
    }
}

/// All voices of the call.
#[component]
pub fn Voices() -> impl IntoView {
    let session = Session::expect();
    let home = NodeRef::<html::Div>::new();
    let sink = Memo::new(move |_| session.media.with(speaker));
    Effect::new(move |players: Option<Players>| {
        let mut players = players.unwrap_or_default();
        // A line that is waited for plays, or a tap let it.
        session.sound.track();
        if let Some(home) = home.get() {
            let sink = sink.get();
            session
                .voices
                .with(|voices| players.follow(voices, &home, &sink, session));
        }
        players
    });
    view! { <div node_ref=home id=VOICES hidden></div> }
}
