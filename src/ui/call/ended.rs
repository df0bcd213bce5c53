//! After the call.

use leptos::html;
use leptos::prelude::*;

use crate::room::{CallAction, Departure, RoomState};
use crate::session::Session;
use crate::ui::kit::brand::{PageFooter, PageHeader};
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::words;

/// The calm page after leaving.
#[component]
pub fn LeftView() -> impl IntoView {
    let session = Session::expect();
    let heading = NodeRef::<html::H1>::new();
    heading.on_load(|heading| drop(heading.focus()));
    let departure = session.state.with_untracked(|state| match state {
        RoomState::Left(departure) => Some(departure.clone()),
        _ => None,
    });
    let Departure {
        room, name, reason, ..
    } = departure?;
    let words = words::departure(&reason);
    let again = words::call::come_back(&reason);
    let eyebrow = room.to_string();
    let rejoin = move |_| {
        session.act(CallAction::Join {
            room: room.clone(),
            name: name.clone(),
        });
    };
    Some(view! {
        <PageHeader/>
        <main class="notice-page">
            <p class="eyebrow">{eyebrow}</p>
            <h1 node_ref=heading tabindex="-1">{words.title}</h1>
            <p class="lead">{words.text}</p>
            <div class="actions">
                <button type="button" class="button button-primary button-large" on:click=rejoin>
                    <IconView icon=Icon::Again/>
                    {again}
                </button>
                <a href="/" class="button button-large">
                    <IconView icon=Icon::House/>
                    {words::buttons::HOME}
                </a>
            </div>
        </main>
        <PageFooter/>
    })
}
