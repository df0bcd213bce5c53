//! The stage: the tiles of the page shown, placed so that the space is used best.
//!
//! Invariant: a tile stays the same element for as long as it is shown, and no element changes its place in the document,
//! whatever moves on the screen: a moved `<video>` would stutter.

pub mod pager;
pub mod pointers;
pub mod quality;
pub mod screen_tile;
pub mod tile;
pub mod tile_tools;
pub mod video;

use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlElement;

use crate::room::stage::grid::Place;
use crate::room::stage::{StageView, TileId, places};
use crate::room::{Participant, TrackKind};
use crate::session::{Action, Session};

use self::pager::Pager;
use self::screen_tile::ScreenTile;
use self::tile::CameraTile;
use super::kit::browser_only::BrowserOnly;
use super::kit::icon::{Icon, IconView};
use super::kit::measure::{decimal, inner_size};

/// Between two tiles, in CSS pixels.
const GAP: f64 = 8.0;

/// Moves and sizes an element. Set on the element, because the site's policy forbids style attributes.
pub fn put(element: &HtmlElement, place: Place) {
    let style = element.style();
    for (property, value) in [
        (
            "transform",
            [
                "translate(",
                &decimal(place.x),
                "px, ",
                &decimal(place.y),
                "px)",
            ]
            .concat(),
        ),
        ("width", decimal(place.width) + "px"),
        ("height", decimal(place.height) + "px"),
    ] {
        drop(style.set_property(property, &value));
    }
}

/// Where a tile is and what part it plays.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spot {
    /// Where.
    pub place: Place,
    /// In which part.
    pub part: Part,
}

/// The part of the stage a tile is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// One of several of the same size.
    #[default]
    Grid,
    /// The large one.
    Main,
    /// A small one beside it.
    Strip,
}

impl Part {
    /// As the style sheet knows it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Main => "main",
            Self::Strip => "strip",
        }
    }

    fn of(view: &StageView, index: usize) -> Self {
        let leads = !view.strip.is_empty() || matches!(view.main.as_slice(), [TileId::Screen(_)]);
        match (leads, index) {
            (false, _) => Self::Grid,
            (true, 0) => Self::Main,
            (true, _) => Self::Strip,
        }
    }
}

/// The tile that matters most now: what is large, else whoever speaks. For where there is room for one only.
pub fn leading_tile(session: Session) -> TileId {
    let large = session.stage_view.with(|view| {
        let part = Part::of(view, 0);
        view.main.first().filter(|_| part == Part::Main).cloned()
    });
    let speaker = || session.speaker.get().map(Participant::Peer);
    let anyone = || {
        session.state.with(|state| {
            let first = state.call()?.people.first()?;
            Some(Participant::Peer(first.id.clone()))
        })
    };
    large
        .or_else(|| speaker().or_else(anyone).map(TileId::Camera))
        .unwrap_or(TileId::Camera(Participant::Me))
}

/// Whether this tile is the one that matters most now.
pub fn is_leading(session: Session, tile: TileId) -> Memo<bool> {
    Memo::new(move |_| leading_tile(session) == tile)
}

/// The track a tile shows.
pub fn track_of(tile: &TileId) -> TrackKind {
    match tile {
        TileId::Camera(_) => TrackKind::Camera,
        TileId::Screen(_) => TrackKind::ScreenVideo,
    }
}

/// The tiles shown, newcomers last, so that those who stay keep their place in the document.
fn in_order_of_appearance(before: Option<&Vec<TileId>>, view: &StageView) -> Vec<TileId> {
    let stays = |tile: &&TileId| view.tiles().any(|shown| shown == *tile);
    let mut tiles: Vec<TileId> = before
        .into_iter()
        .flatten()
        .filter(stays)
        .cloned()
        .collect();
    for tile in view.tiles() {
        if !tiles.contains(tile) {
            tiles.push(tile.clone());
        }
    }
    tiles
}

/// The stage.
#[component]
pub fn Stage() -> impl IntoView {
    let session = Session::expect();
    let stage = NodeRef::<html::Div>::new();
    let size = inner_size(stage);
    let view = session.stage_view;
    let tiles = Memo::new(move |before| view.with(|view| in_order_of_appearance(before, view)));
    let alone = Memo::new(move |_| {
        let nobody = session
            .state
            .with(|state| state.call().is_some_and(|call| call.people.is_empty()));
        nobody && view.with(|view| Part::of(view, 0) == Part::Grid)
    });
    let places = Memo::new(move |_| {
        let size = size.get();
        let guests = usize::from(alone.get());
        view.with(|view| places(view, size.width, size.height, GAP, guests))
    });
    Effect::new(move |_| {
        let scale = window().device_pixel_ratio();
        let (mut main, mut strip) = (0.0_f64, 0.0_f64);
        view.with(|view| {
            places.with(|places| {
                for (index, place) in places.iter().enumerate() {
                    let height = if index < view.main.len() {
                        &mut main
                    } else {
                        &mut strip
                    };
                    *height = height.max(place.height * scale);
                }
            });
        });
        session.quality.heights.set((main, strip));
    });
    let spot_of = move |tile: TileId| {
        Memo::new(move |last: Option<&Spot>| {
            let spot = view.with(|view| {
                let index = view.tiles().position(|shown| *shown == tile)?;
                let place = places.with(|places| places.get(index).copied())?;
                let part = Part::of(view, index);
                Some(Spot { place, part })
            });
            spot.or(last.copied()).unwrap_or_default()
        })
    };
    let invitation_spot =
        Signal::derive(move || places.with(|places| places.last().copied().unwrap_or_default()));
    view! {
        <div class="stage-area">
            <div class="stage" node_ref=stage>
                <For each=move || tiles.get() key=Clone::clone let:tile>
                    <TileView tile=tile.clone() spot=spot_of(tile)/>
                </For>
                {move || alone.get().then(|| view! { <Invitation spot=invitation_spot/> })}
            </div>
            <Pager/>
        </div>
    }
}

#[component]
fn TileView(tile: TileId, spot: Memo<Spot>) -> impl IntoView {
    match tile {
        TileId::Camera(participant) => {
            BrowserOnly::new(move || view! { <CameraTile participant spot/> })
        }
        TileId::Screen(participant) => {
            BrowserOnly::new(move || view! { <ScreenTile participant spot/> })
        }
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
                    on:click=move |_| session.wish(Action::CopyLink)
                >
                    <IconView icon=Icon::Copy/>
                    "Copy invitation link"
                </button>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::PeerId;

    fn tile(id: &str) -> TileId {
        TileId::Camera(Participant::Peer(PeerId::new(id)))
    }

    #[test]
    fn whoever_stays_keeps_their_place_in_the_document() {
        let before = vec![tile("a"), tile("b"), tile("c")];
        let view = StageView {
            main: vec![tile("c")],
            strip: vec![tile("d"), tile("a")],
            ..StageView::default()
        };
        assert_eq!(
            in_order_of_appearance(Some(&before), &view),
            [tile("a"), tile("c"), tile("d")]
        );
    }

    #[test]
    fn a_tile_is_large_beside_a_strip_and_one_of_many_in_a_grid() {
        let grid = StageView {
            main: vec![tile("a"), tile("b")],
            ..StageView::default()
        };
        assert_eq!(Part::of(&grid, 0), Part::Grid);
        let beside = StageView {
            main: vec![tile("a")],
            strip: vec![tile("b")],
            ..StageView::default()
        };
        assert_eq!(Part::of(&beside, 0), Part::Main);
        assert_eq!(Part::of(&beside, 1), Part::Strip);
    }
}
