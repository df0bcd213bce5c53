//! `/r/{room}`: from the lobby through the call to the page after it.
//!
//! Invariant: one visit is one session and one engine; both end when the page is left.

use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::protocol::RoomName;
use crate::room::RoomState;
use crate::room::attention::{TitleFacts, title_parts};
use crate::session::Session;
use crate::ui::call::ended::LeftView;
use crate::ui::call::{CallView, second_wasm};
use crate::ui::kit::browser_only::BrowserOnly;
use crate::ui::lobby::LobbyView;
use crate::ui::words;

/// The visit shows one of these at a time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scene {
    /// The user is not in the room yet.
    Lobby,
    /// The user is in the room.
    Call,
    /// The user is no longer in the room.
    Left,
}

impl Scene {
    fn of(state: &RoomState) -> Self {
        match state {
            RoomState::Lobby(_) | RoomState::Joining(_) => Self::Lobby,
            RoomState::Joined(_) | RoomState::Reconnecting(..) => Self::Call,
            RoomState::Left(_) => Self::Left,
        }
    }
}

/// The page of a room.
#[component]
pub fn RoomPage(
    /// The visit is to this room.
    room: RoomName,
) -> impl IntoView {
    let (session, actions) = Session::new();
    provide_context(session);
    second_wasm::provide();

    #[cfg(feature = "hydrate")]
    leptos::task::spawn_local_scoped_with_cancellation(crate::client::engine::start(
        session, actions,
    ));
    #[cfg(not(feature = "hydrate"))]
    drop(actions);

    let named = room.clone();
    let microphone = Memo::new(move |_| {
        let in_call = session.state.with(|state| state.call().is_some());
        in_call.then(|| session.media.with(|media| media.microphone.switch))
    });
    let title = Memo::new(move |_| {
        words::title::page_title(&title_parts(TitleFacts {
            room: Some(&named),
            unread: session.messaging.unread.get(),
            microphone: microphone.get(),
        }))
    });
    let scene = Memo::new(move |_| session.state.with(Scene::of));
    view! {
        <Title text=move || title.get()/>
        {move || {
            let room = room.clone();
            match scene.get() {
                Scene::Lobby => Either::Left(view! { <LobbyView room/> }),
                Scene::Call => Either::Right(BrowserOnly::new(move || view! { <CallView room/> })),
                Scene::Left => Either::Right(BrowserOnly::new(|| view! { <LeftView/> })),
            }
        }}
    }
}
