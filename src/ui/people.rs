//! Who is here, as a list.

use leptos::prelude::*;

use crate::room::{Call, Hand, LocalMedia, Moment, Participant};
use crate::session::Session;

use super::avatar::Avatar;
use super::icon::{Icon, IconView};
use super::panels::Panels;
use super::side_panel::SidePanelFrame;
use super::status::person_words;

/// One line of the list.
#[derive(Clone, PartialEq)]
struct Line {
    participant: Participant,
    name: String,
    own: bool,
    audio: bool,
    video: bool,
    hand: Hand,
    status: Option<&'static str>,
}

/// Me first, then everyone in order of arrival.
fn lines(call: &Call, media: &LocalMedia, now: Moment) -> Vec<Line> {
    let sent = media.sent();
    let me = Line {
        participant: Participant::Me,
        name: call.name.to_string(),
        own: true,
        audio: sent.audio,
        video: sent.video,
        hand: call.hand,
        status: None,
    };
    let others = call.people.iter().map(|person| Line {
        participant: Participant::Peer(person.id.clone()),
        name: person.name.to_string(),
        own: false,
        audio: person.media.audio,
        video: person.media.video,
        hand: person.hand,
        status: person_words(person, now),
    });
    std::iter::once(me).chain(others).collect()
}

/// The panel, beside the stage or above it where there is little room.
#[component]
pub fn PeoplePanel(
    /// Which panels are open.
    panels: Panels,
) -> impl IntoView {
    let session = Session::expect();
    let lines = Memo::new(move |_| {
        let now = session.now.get();
        session.state.with(|state| {
            state.call().map_or_else(Vec::new, |call| {
                session.media.with(|media| lines(call, media, now))
            })
        })
    });
    view! {
        <SidePanelFrame
            panels
            id="people"
            title="People"
            count=Signal::derive(move || lines.with(Vec::len))
        >
            <ul class="people" role="list">
                {move || lines.get().into_iter().map(|line| view! { <PersonLine line/> }).collect_view()}
            </ul>
        </SidePanelFrame>
    }
}

#[component]
fn PersonLine(line: Line) -> impl IntoView {
    let badge = |icon: Icon, words: &'static str, class: &'static str| {
        view! {
            <span class=class title=words>
                <IconView icon/>
                <span class="visually-hidden">{words}</span>
            </span>
        }
    };
    view! {
        <li class="person">
            <Avatar name=line.name.clone()/>
            <span class="person-words">
                <span class="person-name">
                    {line.name} {line.own.then(|| view! { <span class="person-own">" (you)"</span> })}
                </span>
                {line.status.map(|words| view! { <span class="person-status">{words}</span> })}
            </span>
            <span class="person-badges">
                {(line.hand == Hand::Raised).then(|| badge(Icon::Hand, "Hand raised", "badge badge-hand"))}
                {if line.audio {
                    badge(Icon::Microphone, "Microphone on", "badge")
                } else {
                    badge(Icon::MicrophoneOff, "Muted", "badge badge-off")
                }}
                {if line.video {
                    badge(Icon::Video, "Camera on", "badge")
                } else {
                    badge(Icon::VideoOff, "Camera off", "badge badge-off")
                }}
            </span>
        </li>
    }
}
