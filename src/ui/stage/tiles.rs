//! The stage: the tiles of the page shown, placed so that the space is used best.
//!
//! Invariant: a tile stays the same element for as long as it is shown, and no element changes its place in the document,
//! whatever moves on the screen: a moved `<video>` would stutter.

use leptos::html;
use leptos::prelude::*;

use super::pager::Pager;
use super::screen_tile::ScreenTile;
use super::spot::{Part, Spot, put};
use super::tile::CameraTile;
use crate::room::stage::grid::Place;
use crate::room::stage::{StageView, TileId, places};
use crate::room::{TileHeights, VisitAction};
use crate::session::{Action, Session};
use crate::ui::kit::brief_memo::brief_memo;
use crate::ui::kit::browser_only::BrowserOnly;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::kit::measure::inner_size;
use crate::ui::kit::tab_stop::TabStop;
use crate::ui::words;

/// So much is between two tiles, in CSS pixels.
const GAP: f64 = 8.0;

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
    provide_context(TabStop::among(tiles));
    let alone = Memo::new(move |_| {
        let nobody = session
            .state
            .with(|state| state.call().is_some_and(|call| call.head_count() == 1));
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
        session.ask(VisitAction::SetHeights(TileHeights { main, strip }));
    });
    let spot_of = move |tile: TileId| {
        brief_memo(move |last: Option<&Spot>| {
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
            <div class="stage" node_ref=stage data-arrows="">
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
    /// The invitation is moved to this place.
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
                <h2>{words::stage::FIRST_ONE}</h2>
                <p>{words::stage::SEND_LINK}</p>
                <p class="invitation-link">{shown}</p>
                <button
                    type="button"
                    class="button button-primary"
                    on:click=move |_| session.ask(Action::CopyLink)
                >
                    <IconView icon=Icon::Copy/>
                    {words::stage::COPY_INVITATION}
                </button>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::PeerId;
    use crate::room::Participant;

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
}
