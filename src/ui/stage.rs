//! The stage: everyone's tile, placed so that the space is used best.

use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlElement;

use crate::room::{Call, Participant};
use crate::session::{Session, Wish};

use super::icon::{Icon, IconView};
use super::measure::{Size, inner_size};
use super::tile::Tile;

/// Between two tiles, in CSS pixels.
const GAP: f64 = 8.0;

/// Where something stands on the stage, in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spot {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Spot {
    /// Moves and sizes an element. Set on the element, because the site's policy forbids style attributes.
    pub fn apply(&self, element: &HtmlElement) {
        let style = element.style();
        for (property, value) in [
            (
                "transform",
                format!("translate({:.1}px, {:.1}px)", self.left, self.top),
            ),
            ("width", format!("{:.1}px", self.width)),
            ("height", format!("{:.1}px", self.height)),
        ] {
            drop(style.set_property(property, &value));
        }
    }
}

/// The spots of `count` equal tiles.
fn spots(size: Size, count: usize) -> Vec<Spot> {
    let fitting = |columns: usize| {
        let rows = count.div_ceil(columns);
        let width = (size.width - GAP * (columns - 1) as f64) / columns as f64;
        let height = (size.height - GAP * (rows - 1) as f64) / rows as f64;
        let (width, height) = (
            width.min(height * 16.0 / 9.0),
            height.min(width * 4.0 / 3.0),
        );
        (columns, rows, width.max(0.0), height.max(0.0))
    };
    let best = (1..=count)
        .map(fitting)
        .max_by(|one, other| (one.2 * one.3).total_cmp(&(other.2 * other.3)));
    let Some((columns, rows, width, height)) = best else {
        return Vec::new();
    };
    let top = (size.height - height * rows as f64 - GAP * (rows - 1) as f64) / 2.0;
    (0..count)
        .map(|index| {
            let in_row = columns.min(count - index / columns * columns) as f64;
            let left = (size.width - width * in_row - GAP * (in_row - 1.0)) / 2.0;
            Spot {
                left: left + (index % columns) as f64 * (width + GAP),
                top: top + (index / columns) as f64 * (height + GAP),
                width,
                height,
            }
        })
        .collect()
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
        Memo::new(move |last: Option<&Spot>| {
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
    spot: Signal<Spot>,
) -> impl IntoView {
    let session = Session::expect();
    let card = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if let Some(card) = card.get() {
            spot.get().apply(&card);
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
