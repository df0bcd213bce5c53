//! Who is here, as a list: raised hands first, then me, then everyone in order of arrival; and the devices below it.
//!
//! Invariant: Tab reaches the controls of one person; arrow keys lead from one person's button to the next.

use leptos::prelude::*;

use super::devices::{Devices, PresentCount};
use super::passage::PassageLine;
use super::people_search::{PeopleSearch, is_wanted};
use super::volume::VolumeSlider;
use crate::room::stage::TileId;
use crate::room::{Call, LocalMedia, Participant};
use crate::session::{Action, Session};
use crate::ui::kit::avatar::Avatar;
use crate::ui::kit::brief_memo::brief_memo;
use crate::ui::kit::has_sfu::HasSfu;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::kit::tab_stop::TabStop;
use crate::ui::stage::quality::QualityIcon;
use crate::ui::stage::tile_tools::toggle_pin;
use crate::ui::words::passage::of_person;
use crate::ui::words::status::{Now, person_words};
use crate::ui::{remote_audio, words};

/// A line of the list is about one person.
#[derive(Clone, Default, PartialEq)]
struct Line {
    /// The person is called this.
    name: String,
    /// Their microphone is on.
    audio: bool,
    /// Their camera is on.
    video: bool,
    /// They share their screen.
    screen: bool,
    /// Something is to be said of their connection; `None` when all is well.
    status: Option<&'static str>,
    /// Where it passes between them and me, unless it is the same for everybody.
    passage: Option<&'static str>,
}

impl Line {
    fn of(
        call: &Call,
        participant: &Participant,
        media: &LocalMedia,
        now: Now<'_>,
    ) -> Option<Self> {
        let (name, sent, status, passage) = match participant {
            Participant::Me => (&call.name, media.sent(), None, None),
            Participant::Peer(id) => {
                let person = call.person(id)?;
                let status = person_words(call, person, now);
                let passage = of_person(call.passage(), call.passage_to(person));
                (&person.name, person.media, status, passage)
            }
        };
        Some(Self {
            name: name.to_string(),
            audio: sent.audio,
            video: sent.video,
            screen: sent.screen,
            status,
            passage,
        })
    }
}

/// Everybody, in the order of the list; devices have one of their own.
fn order(call: &Call, hands: &[Participant]) -> Vec<Participant> {
    let others = call.people.iter().filter(|person| !person.is_device());
    let others = others.map(|person| Participant::Peer(person.id.clone()));
    let everybody: Vec<Participant> = std::iter::once(Participant::Me).chain(others).collect();
    let raised = hands.iter().filter(|one| everybody.contains(one));
    let rest = everybody.iter().filter(|one| !hands.contains(one));
    raised.chain(rest).cloned().collect()
}

/// Whether somebody is looked for.
fn is_listed(call: &Call, participant: &Participant, wanted: &str) -> bool {
    match participant {
        Participant::Me => is_wanted(call.name.as_str(), wanted),
        Participant::Peer(id) => call
            .person(id)
            .is_some_and(|person| is_wanted(person.name.as_str(), wanted)),
    }
}

/// What is in the panel.
#[component]
pub fn PeoplePanel() -> impl IntoView {
    let session = Session::expect();
    let wanted = RwSignal::new(String::new());
    let everybody = Memo::new(move |_| {
        session.state.with(|state| {
            state.call().map_or_else(Vec::new, |call| {
                session.hands.with(|hands| order(call, hands))
            })
        })
    });
    let people = Memo::new(move |_| {
        let mut people = everybody.get();
        session.state.with(|state| {
            if let Some(call) = state.call() {
                wanted.with(|wanted| people.retain(|one| is_listed(call, one, wanted)));
            }
        });
        people
    });
    let is_nobody_found = Memo::new(move |_| people.with(Vec::is_empty));
    provide_context(TabStop::among(people));
    view! {
        <div class="people">
            <PresentCount/>
            {HasSfu::expect().then(|| view! { <PassageLine/> })}
            <PeopleSearch count=Signal::derive(move || everybody.with(Vec::len)) wanted/>
            <p class="people-nobody" role="status">
                {move || is_nobody_found.get().then_some(words::people::NOBODY_FOUND)}
            </p>
            <ul role="list" data-arrows="">
                <For each=move || people.get() key=key let:participant>
                    <PersonLine participant/>
                </For>
            </ul>
            <Devices/>
        </div>
        <button
            type="button"
            class="button people-invite"
            on:click=move |_| session.ask(Action::CopyLink)
        >
            <IconView icon=Icon::Link/>
            {words::people::COPY_INVITE_LINK}
        </button>
    }
}

fn key(participant: &Participant) -> String {
    match participant {
        Participant::Me => String::new(),
        Participant::Peer(id) => id.to_string(),
    }
}

#[component]
fn PersonLine(participant: Participant) -> impl IntoView {
    let session = Session::expect();
    let own = participant == Participant::Me;
    let whose = participant.clone();
    let line = Memo::new(move |_| {
        let now = || session.now();
        session.state.with(|state| {
            let call = state.call()?;
            session
                .media
                .with(|media| Line::of(call, &whose, media, &now))
        })
    });
    let line = Signal::derive(move || line.get().unwrap_or_default());
    let whose = participant.clone();
    let place = brief_memo(move |_| {
        session
            .hands
            .with(|hands| hands.iter().position(|one| *one == whose))
    });
    let name = Signal::derive(move || line.get().name);
    let quality = match &participant {
        Participant::Me => None,
        Participant::Peer(peer) => Some(view! { <QualityIcon peer=peer.clone()/> }),
    };
    let stop = expect_context::<TabStop<Participant>>();
    let focused = participant.clone();
    view! {
        <li
            class="person"
            aria-current=own.then_some("true")
            on:focusin=move |_| stop.choose(&focused)
        >
            <div class="person-line">
                <Avatar name/>
                <span class="person-words">
                    <span class="person-name">
                        <span class="person-called" dir="auto">{move || name.get()}</span>
                        {own.then(|| view! { <span class="person-own">{words::stage::OWN_MARK}</span> })}
                    </span>
                    {move || line.get().status.map(|words| view! { <span class="person-status">{words}</span> })}
                    {move || line.get().passage.map(|words| view! { <span class="person-passage">{words}</span> })}
                </span>
                <span class="person-badges">
                    {quality}
                    {move || {
                        place.get().map(|_| badge(Icon::Hand, words::stage::HAND_RAISED, "badge badge-hand"))
                    }}
                    {move || {
                        let line = line.get();
                        view! {
                            {line.screen.then(|| badge(Icon::ScreenShare, words::people::SHARING, "badge"))}
                            {if line.audio {
                                badge(Icon::Microphone, words::people::microphone(true), "badge")
                            } else {
                                badge(Icon::MicrophoneOff, words::people::microphone(false), "badge badge-off")
                            }}
                            {if line.video {
                                badge(Icon::Video, words::people::camera(true), "badge")
                            } else {
                                badge(Icon::VideoOff, words::people::camera(false), "badge badge-off")
                            }}
                        }
                    }}
                </span>
                <PinButton participant=participant.clone() name/>
            </div>
            {match participant {
                Participant::Peer(peer) if remote_audio::can_set_volume() => {
                    Some(view! { <VolumeSlider peer name stop/> })
                }
                _ => None,
            }}
        </li>
    }
}

fn badge(icon: Icon, words: &'static str, class: &'static str) -> impl IntoView {
    view! {
        <span class=class title=words>
            <IconView icon/>
            <span class="visually-hidden">{words}</span>
        </span>
    }
}

#[component]
fn PinButton(participant: Participant, name: Signal<String>) -> impl IntoView {
    let session = Session::expect();
    let tab_index = expect_context::<TabStop<Participant>>().index(participant.clone());
    let tile = TileId::Camera(participant);
    let whose = tile.clone();
    let pinned = Memo::new(move |_| session.stage.with(|stage| stage.is_pinned(&whose)));
    let words = move || words::people::pin(pinned.get(), &name.get());
    view! {
        <button
            type="button"
            class="person-pin"
            aria-label=words
            title=words
            tabindex=tab_index
            on:click=move |_| toggle_pin(session, &tile)
        >
            <IconView icon=Signal::derive(move || {
                if pinned.get() { Icon::PinOff } else { Icon::Pin }
            })/>
        </button>
    }
}
