//! `/r/{room}`: from the lobby through the call to the page after it.
//!
//! Invariant: one visit is one session and one engine; both end when the page is left.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::protocol::RoomName;
use crate::room::RoomState;
use crate::session::Session;
use crate::ui::call::CallView;
use crate::ui::left::LeftView;
use crate::ui::lobby::LobbyView;

use super::not_found::NoSuchRoom;

/// The page of a room, or the explanation why there can be none of this name.
#[component]
pub fn RoomPage() -> impl IntoView {
    let parameters = use_params_map();
    let address = Memo::new(move |_| {
        parameters.with(|parameters| parameters.get_str("room").unwrap_or_default().to_owned())
    });
    move || match RoomName::parse(&address.get()) {
        Ok(room) => view! { <Visit room/> }.into_any(),
        Err(error) => view! { <NoSuchRoom typed=address.get() error/> }.into_any(),
    }
}

/// Which part of the visit is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scene {
    Lobby,
    Call,
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

#[component]
fn Visit(room: RoomName) -> impl IntoView {
    let (session, wishes) = Session::new();
    provide_context(session);

    #[cfg(feature = "hydrate")]
    leptos::task::spawn_local_scoped_with_cancellation(crate::client::engine::start(
        session, wishes,
    ));
    #[cfg(not(feature = "hydrate"))]
    drop(wishes);

    let title = room.to_string();
    let scene = Memo::new(move |_| session.state.with(Scene::of));
    view! {
        <Title text=title/>
        {move || {
            let room = room.clone();
            match scene.get() {
                Scene::Lobby => view! { <LobbyView room/> }.into_any(),
                Scene::Call => view! { <CallView room/> }.into_any(),
                Scene::Left => view! { <LeftView/> }.into_any(),
            }
        }}
    }
}
