//! Addresses that lead nowhere, and the ways on from there.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

use crate::api::CreateRoom;
use crate::protocol::RoomNameError;
use crate::room::parse_invitation;
use crate::ui::kit::brand::{PageFooter, PageHeader};
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::words;

/// Any address that is not one of ours.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Title text="Page not found"/>
        <PageHeader/>
        <main class="notice-page">
            <p class="eyebrow">"Page not found"</p>
            <h1>"There is nothing at this address"</h1>
            <p class="lead">
                "Rooms live at addresses that begin with /r/. Check the link, or start a room of your own."
            </p>
            <div class="actions">
                <StartRoom/>
                <a href="/" class="button">
                    <IconView icon=Icon::House/>
                    "Home"
                </a>
            </div>
        </main>
        <PageFooter/>
    }
}

/// A room's address with a name that no room can have.
#[component]
pub fn NoSuchRoom(
    /// The name in the address.
    typed: String,
    /// Which rule it breaks.
    error: RoomNameError,
) -> impl IntoView {
    let corrected = words::corrected_room_name(&typed)
        .and_then(|name| parse_invitation(&name).ok())
        .map(|room| {
            view! {
                <p>
                    "Did you mean "
                    <a href=format!("/r/{room}") class="room-link">
                        {room.to_string()}
                    </a>
                    "?"
                </p>
            }
        });
    view! {
        <Title text="No such room"/>
        <PageHeader/>
        <main class="notice-page">
            <p class="eyebrow">"No such room"</p>
            <h1>"This cannot be the name of a room"</h1>
            <p class="lead">{words::room_name_rule(error)}</p>
            {corrected}
            <div class="actions">
                <StartRoom/>
                <a href="/" class="button">
                    <IconView icon=Icon::House/>
                    "Home"
                </a>
            </div>
        </main>
        <PageFooter/>
    }
}

/// Starts a room: a plain form, so that it works before and without the script.
#[component]
pub fn StartRoom() -> impl IntoView {
    view! {
        <form method="post" action=CreateRoom::url()>
            <button class="button button-primary button-large" type="submit">
                <IconView icon=Icon::Video/>
                "Start a room"
            </button>
        </form>
    }
}
