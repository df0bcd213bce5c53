//! The stage: everyone's tile, placed so that the space is used best.

use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlElement;

use crate::room::layout::{AspectRange, Place, arrange};
use crate::room::{Call, Participant};
use crate::session::{Session, Wish};

use super::icon::{Icon, IconView};
use super::measure::{Size, inner_size};
use super::tile::Tile;

/// Between two tiles, in CSS pixels.
const GAP: f64 = 8.0;

/// Moves and sizes an element. Set on the element, because the site's policy forbids style attributes.
pub fn put(element: &HtmlElement, place: Place) {
    let style = element.style();
    for (property, value) in [
        (
            "transform",
            format!("translate({:.1}px, {:.1}px)", place.x, place.y),
        ),
        ("width", format!("{:.1}px", place.width)),
        ("height", format!("{:.1}px", place.height)),
    ] {
        drop(style.set_property(property, &value));
    }
}

/// The spots of `count` equal tiles. Upright windows get upright tiles.
fn spots(size: Size, count: usize) -> Vec<Place> {
    let aspect = if size.height > size.width {
        AspectRange::ANY
    } else {
        AspectRange::LANDSCAPE
    };
    let grid = arrange(size.width, size.height, count, GAP, aspect);
    (0..count).map_while(|index| grid.place(index)).collect()
}

/// Everyone in order of arrival, then me.
fn cast(call: &Call) -> Vec<Participant> {
    call.people
        .iter()
        .map(|person| Participant::Peer(person.id.clone()))
        .chain([Participant::Me])
        .collect()
}

/// The stage.
#[component]
pub fn Stage() -> impl IntoView {
    let session = Session::expect();
    let stage = NodeRef::<html::Div>::new();
    let size = inner_size(stage);
    let cast = Memo::new(move |last: Option<&Vec<Participant>>| {
        session
            .state
            .with(|state| state.call().map(cast))
            .or_else(|| last.cloned())
            .unwrap_or_default()
    });
    let alone = Memo::new(move |_| cast.with(Vec::len) == 1);
    let spots = Memo::new(move |_| {
        let places = if alone.get() { 2 } else { cast.with(Vec::len) };
        spots(size.get(), places)
    });
    let spot_of = move |participant: Participant| {
        Memo::new(move |last: Option<&Place>| {
            let index = cast.with(|cast| cast.iter().position(|other| *other == participant));
            index
                .and_then(|index| spots.with(|spots| spots.get(index).copied()))
                .or(last.copied())
                .unwrap_or_default()
        })
    };
    let invitation_spot =
        Signal::derive(move || spots.with(|spots| spots.get(1).copied().unwrap_or_default()));
    view! {
        <div class="stage" node_ref=stage>
            <For each=move || cast.get() key=Clone::clone let:participant>
                <Tile participant=participant.clone() spot=spot_of(participant).into()/>
            </For>
            {move || alone.get().then(|| view! { <Invitation spot=invitation_spot/> })}
        </div>
    }
}

/// What is shown to somebody who is alone: the link to send.
#[component]
fn Invitation(
    /// Where.
    spot: Signal<Place>,
) -> impl IntoView {
    let session = Session::expect();
    let card = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if let Some(card) = card.get() {
            put(&card, spot.get());
        }
    });
    let address = window().location().href().unwrap_or_default();
    let shown = address
        .split_once("://")
        .map_or(address.as_str(), |(_, rest)| rest)
        .to_owned();
    view! {
        <div node_ref=card class="invitation">
            <div class="invitation-words">
                <h2>"You are the first one here"</h2>
                <p>"Send this link to whoever should join. Anyone who has it can come in."</p>
                <p class="invitation-link">{shown}</p>
                <button
                    type="button"
                    class="button button-primary"
                    on:click=move |_| session.wish(Wish::CopyLink)
                >
                    <IconView icon=Icon::Copy/>
                    "Copy invitation link"
                </button>
            </div>
        </div>
    }
}
