//! A shared screen on the stage: always shown whole. Our own is a note with a small picture, not a hall of mirrors.

use leptos::either::Either;
use leptos::html;
use leptos::prelude::*;

use super::pointers::PointerLayer;
use super::spot::{Part, Spot, is_leading, put};
use super::tile_tools::{TileTools, toggle_pin};
use super::video::Picture;
use crate::room::media::screen::ScreenAction;
use crate::room::stage::{StageAction, TileId};
use crate::room::{Participant, TrackKind, VisitAction};
use crate::session::Session;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::kit::sentence::isolated;
use crate::ui::words;
use crate::ui::words::status::is_paused;

/// What the screen of this participant is called.
fn screen_name(session: Session, participant: &Participant) -> Option<String> {
    match participant {
        Participant::Me => Some(words::stage::YOUR_SCREEN.to_owned()),
        Participant::Peer(id) => session.state.with(|state| {
            let person = state.person(id)?;
            Some(words::stage::screen_of(person.name.as_str()))
        }),
    }
}

/// Somebody's shared screen at its spot.
#[component]
pub fn ScreenTile(
    /// The tile shows this participant's screen.
    participant: Participant,
    /// The tile is moved to this place.
    spot: Memo<Spot>,
) -> impl IntoView {
    let session = Session::expect();
    let tile = NodeRef::<html::Div>::new();
    let own = participant == Participant::Me;
    let whose_screen = participant.clone();
    let whose = participant.clone();
    let name = Memo::new(move |last: Option<&String>| {
        screen_name(session, &whose)
            .or_else(|| last.cloned())
            .unwrap_or_default()
    });
    let shared_by = participant.clone();
    let paused = Memo::new(move |_| {
        let Participant::Peer(id) = &shared_by else {
            return false;
        };
        let now = || session.now();
        session.state.with(|state| {
            let person = state.person(id);
            person.is_some_and(|person| is_paused(person.paused, TrackKind::ScreenVideo, &now))
        })
    });
    let id = TileId::Screen(participant.clone());
    let pinned = id.clone();
    let touched = RwSignal::new(false);
    let leading = is_leading(session, id.clone());
    Effect::new(move |_| {
        if let Some(tile) = tile.get() {
            put(&tile, spot.get().place);
        }
    });
    let chosen = participant.clone();
    let choose = move || {
        // Only the screens of others are looked at by choosing them.
        (!own && spot.with(|spot| spot.part == Part::Strip)).then(|| {
            let chosen = chosen.clone();
            view! {
                <button
                    type="button"
                    class="tile-choose"
                    aria-label=move || words::stage::show(&name.get())
                    on:click=move |_| {
                        session.ask(VisitAction::Stage(StageAction::ChooseShare(chosen.clone())));
                    }
                ></button>
            }
        })
    };
    view! {
        <div
            node_ref=tile
            class="tile tile-screen"
            role="group"
            aria-label=move || name.get()
            data-own=own.then_some("")
            data-live=""
            data-paused=move || paused.get().then_some("")
            data-leading=move || leading.get().then_some("")
            data-part=move || spot.get().part.name()
            data-touched=move || touched.get().then_some("")
            on:click=move |_| touched.update(|touched| *touched = !*touched)
            on:dblclick=move |_| toggle_pin(session, &pinned)
        >
            <div class="tile-face">
                {if own {
                    Either::Left(view! { <OwnScreen/> })
                } else {
                    Either::Right(view! {
                        <p class="tile-waiting">
                            {move || {
                                // Nothing is on its way of what is paused.
                                (!paused.get())
                                    .then(|| name.with(|name| isolated(&words::stage::waiting_for(name), &[name])))
                            }}
                        </p>
                    })
                }}
                <Picture participant kind=TrackKind::ScreenVideo/>
            </div>
            {move || {
                paused.get().then(|| view! { <p class="tile-status">{words::stage::PAUSED}</p> })
            }}
            <PointerLayer screen=whose_screen/>
            {choose}
            <p class="tile-name">
                <IconView icon=Icon::ScreenShare/>
                <span class="tile-name-text" dir="auto">{move || name.get()}</span>
            </p>
            <TileTools tile=id name=name.into()/>
        </div>
    }
}

#[component]
fn OwnScreen() -> impl IntoView {
    let session = Session::expect();
    view! {
        <div class="own-screen">
            <p>{words::stage::SHARING}</p>
            <button
                type="button"
                class="button button-small"
                on:click=move |event| {
                    event.stop_propagation();
                    session.ask(VisitAction::Screen(ScreenAction::Share));
                }
            >
                {words::buttons::SHARE_SOMETHING_ELSE}
            </button>
        </div>
    }
}
