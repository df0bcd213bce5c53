//! Where a tile is, what part it plays, and which one matters most.

use leptos::prelude::*;
use web_sys::HtmlElement;

use crate::room::stage::grid::Place;
use crate::room::stage::{StageView, TileId};
use crate::room::{Participant, TrackKind};
use crate::session::Session;
use crate::ui::kit::brief_memo::brief_memo;
use crate::ui::kit::measure::decimal;

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

/// A tile has a place and plays a part.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spot {
    /// The tile is placed here.
    pub place: Place,
    /// It plays this part, which the style sheet looks at.
    pub part: Part,
}

/// A tile plays one of these parts on the stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// The tile is one of several of the same size.
    #[default]
    Grid,
    /// The tile is the large one.
    Main,
    /// The tile is a small one beside the large one.
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

    /// The part the tile with this index plays in the view.
    pub fn of(view: &StageView, index: usize) -> Self {
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
            let mut people = state.call()?.people.iter();
            let first = people.find(|person| person.has_tile())?;
            Some(Participant::Peer(first.id.clone()))
        })
    };
    large
        .or_else(|| speaker().or_else(anyone).map(TileId::Camera))
        .unwrap_or(TileId::Camera(Participant::Me))
}

/// Whether this tile is the one that matters most now.
pub fn is_leading(session: Session, tile: TileId) -> Memo<bool> {
    brief_memo(move |_| leading_tile(session) == tile)
}

/// The track a tile shows.
pub fn track_of(tile: &TileId) -> TrackKind {
    match tile {
        TileId::Camera(_) => TrackKind::Camera,
        TileId::Screen(_) => TrackKind::ScreenVideo,
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
