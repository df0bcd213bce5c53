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
        <DeadEnd title=words::pages::NOT_FOUND heading=words::pages::NOTHING_HERE>
            <p class="lead">{words::pages::WHERE_ROOMS_LIVE}</p>
        </DeadEnd>
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
        <DeadEnd title=words::pages::NO_SUCH_ROOM heading=words::pages::NO_ROOM_NAME>
            <p class="lead">{words::room_name_rule(error)}</p>
            {corrected}
        </DeadEnd>
    }
}

/// What comes instead of a room where too many are started from the same address.
#[component]
pub fn TooManyRoomsPage() -> impl IntoView {
    view! {
        <DeadEnd title=words::pages::TOO_MANY_ROOMS heading=words::pages::NO_ROOM_STARTED>
            <p class="lead">{words::pages::START_LATER}</p>
        </DeadEnd>
    }
}

/// A page that says why there is no room here, with the ways on.
#[component]
fn DeadEnd<C: IntoView + 'static>(
    /// What happened, in short.
    title: &'static str,
    /// The same for somebody who reads on.
    heading: &'static str,
    /// Why, and what to do.
    children: TypedChildren<C>,
) -> impl IntoView {
    view! {
        <Title text=title/>
        <PageHeader/>
        <main class="notice-page">
            <p class="eyebrow">{title}</p>
            <h1>{heading}</h1>
            {children.into_inner()()}
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
