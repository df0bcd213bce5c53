//! Before the call: how one looks and sounds, one's name, and Join.

use leptos::prelude::*;

use super::attendance::Inside;
use super::name_field::{NameField, NameFieldView};
use super::preview::Preview;
use super::server_note::ServerNote;
use crate::protocol::RoomName;
use crate::room::{CallAction, DeviceKind, Environment, RoomState, VisitAction};
use crate::session::Session;
use crate::ui::controls::device_menu::DeviceMenu;
use crate::ui::controls::shortcuts;
use crate::ui::dialogs::connection_test::LobbyCheck;
use crate::ui::kit::brand::PageHeader;
use crate::ui::kit::early_form::EarlyForm;
use crate::ui::kit::problem::Problem;
use crate::ui::words;

/// After so many attempts to reach the server the lobby says that it takes longer.
const PATIENCE_ATTEMPTS: u32 = 2;

/// Joining has come so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum JoinProgress {
    /// The user has not asked to join.
    Waiting,
    /// The server is asked to let the user in.
    Joining,
    /// The server does not answer, which the lobby says.
    JoiningSlowly,
}

impl JoinProgress {
    fn of(state: &RoomState) -> Self {
        match state {
            RoomState::Joining(entry) if entry.attempts >= PATIENCE_ATTEMPTS => Self::JoiningSlowly,
            RoomState::Joining(_) => Self::Joining,
            _ => Self::Waiting,
        }
    }
}

/// The lobby of a room.
#[component]
pub fn LobbyView(
    /// Join leads into this room.
    room: RoomName,
) -> impl IntoView {
    shortcuts::listen_in_lobby(Session::expect());
    view! {
        <PageHeader/>
        <main class="lobby">
            <div class="lobby-picture">
                <Preview/>
                <MediaProblems/>
            </div>
            <div class="lobby-entry">
                <p class="eyebrow">{words::lobby::ROOM}</p>
                <h1 class="room-name">{room.to_string()}</h1>
                <Inside room=room.clone()/>
                <JoinProblemView/>
                <JoinForm room/>
                <div class="devices">
                    <DeviceMenu kind=DeviceKind::Microphone id="lobby-microphone"/>
                    <DeviceMenu kind=DeviceKind::Camera id="lobby-camera"/>
                </div>
                <LobbyCheck/>
                <ServerNote/>
            </div>
        </main>
        <noscript inner_html=words::lobby::NO_SCRIPT></noscript>
    }
}

#[component]
fn JoinForm(room: RoomName) -> impl IntoView {
    let session = Session::expect();
    let name = NameField::unplaced();
    let progress = Memo::new(move |_| session.state.with(JoinProgress::of));
    let join = move || {
        if progress.get_untracked() != JoinProgress::Waiting {
            return;
        }
        if let Some(name) = name.read() {
            session.ask(VisitAction::RememberName(name.to_string()));
            session.act(CallAction::Join {
                room: room.clone(),
                name,
            });
        }
    };
    let known = Signal::derive(move || {
        session.media.with(|media| media.environment) != Environment::Unknown
    });
    view! {
        <EarlyForm class="lobby-form" on_submit=join ready=known>
            <NameFieldView name/>
            <button
                class="button button-primary button-large"
                type="submit"
                aria-busy=move || (progress.get() != JoinProgress::Waiting).then_some("true")
            >
                {move || {
                    if progress.get() == JoinProgress::Waiting {
                        words::buttons::JOIN
                    } else {
                        words::lobby::JOINING
                    }
                }}
            </button>
            <p class="lobby-progress" role="status">
                {move || {
                    (progress.get() == JoinProgress::JoiningSlowly)
                        .then_some(words::lobby::JOINING_SLOWLY)
                }}
            </p>
        </EarlyForm>
    }
}

#[component]
fn MediaProblems() -> impl IntoView {
    let session = Session::expect();
    let problems = Memo::new(move |_| session.media.with(words::media_problems));
    view! {
        <div class="problems" role="status">
            {move || {
                problems.get().into_iter().map(|words| view! { <Problem words/> }).collect_view()
            }}
        </div>
    }
}

#[component]
fn JoinProblemView() -> impl IntoView {
    let session = Session::expect();
    let problem = Memo::new(move |_| {
        session.state.with(|state| match state {
            RoomState::Lobby(lobby) => lobby.problem.as_ref().map(words::join_problem),
            _ => None,
        })
    });
    view! {
        <div role="alert">
            {move || problem.get().map(|words| view! { <Problem words/> })}
        </div>
    }
}
