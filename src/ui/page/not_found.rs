//! Addresses that lead nowhere, or nowhere for now, and the ways on from there.

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
        <Title text=words::pages::NOT_FOUND/>
        <PageHeader/>
        <main class="notice-page">
            <p class="eyebrow">{words::pages::NOT_FOUND}</p>
            <h1>{words::pages::NOTHING_HERE}</h1>
            <p class="lead">
                {words::pages::WHERE_ROOMS_LIVE}
            </p>
            <div class="actions">
                <StartRoom/>
                <a href="/" class="button">
                    <IconView icon=Icon::House/>
                    {words::buttons::HOME}
                </a>
            </div>
        </main>
        <PageFooter/>
    }
}

/// A room's address with a name that no room can have.
#[component]
pub fn NoSuchRoom(
    /// This name stands in the address.
    typed: String,
    /// The name breaks this rule.
    error: RoomNameError,
) -> impl IntoView {
    let corrected = words::corrected_room_name(&typed)
        .and_then(|name| parse_invitation(&name).ok())
        .map(|room| {
            view! {
                <p>
                    {words::pages::DID_YOU_MEAN.0}
                    <a href=format!("/r/{room}") class="room-link">
                        {room.to_string()}
                    </a>
                    {words::pages::DID_YOU_MEAN.1}
                </p>
            }
        });
    view! {
        <Title text=words::pages::NO_SUCH_ROOM/>
        <PageHeader/>
        <main class="notice-page">
            <p class="eyebrow">{words::pages::NO_SUCH_ROOM}</p>
            <h1>{words::pages::NO_ROOM_NAME}</h1>
            <p class="lead">{words::room_name_rule(error)}</p>
            {corrected}
            <div class="actions">
                <StartRoom/>
                <a href="/" class="button">
                    <IconView icon=Icon::House/>
                    {words::buttons::HOME}
                </a>
            </div>
        </main>
        <PageFooter/>
    }
}

/// What comes instead of a room where too many are started from the same address.
#[component]
pub fn TooManyRoomsPage() -> impl IntoView {
    view! {
        <Title text=words::pages::TOO_MANY_ROOMS/>
        <PageHeader/>
        <main class="notice-page">
            <p class="eyebrow">{words::pages::TOO_MANY_ROOMS}</p>
            <h1>{words::pages::NO_ROOM_STARTED}</h1>
            <p class="lead">{words::pages::START_LATER}</p>
            <div class="actions">
                <StartRoom/>
                <a href="/" class="button">
                    <IconView icon=Icon::House/>
                    {words::buttons::HOME}
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
                {words::pages::START_A_ROOM}
            </button>
        </form>
    }
}
