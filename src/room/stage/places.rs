//! Where each tile of a [`StageView`] goes, in CSS pixels.
//!
//! Invariant: no tile leaves the stage and no two overlap. The strip is beside the large tile, below it where the stage
//! is upright.

use super::tile::TileId;
use super::view::StageView;
use crate::room::stage::grid::{AspectRange, Place, arrange};

/// The strip takes this share of the stage's width beside the large tile.
const STRIP_SHARE_WIDE: f64 = 0.2;
/// The strip takes this share of the stage's height below the large tile.
const STRIP_SHARE_UPRIGHT: f64 = 0.22;
/// The strip is at least and at most this thick, in CSS pixels, where a third of the stage allows it.
const STRIP_THICKNESS: (f64, f64) = (112.0, 288.0);

/// A part of the stage.
#[derive(Clone, Copy)]
struct Area {
    /// The area begins this far from the left, in CSS pixels.
    x: f64,
    /// The area begins this far from the top, in CSS pixels.
    y: f64,
    /// The area is this wide, in CSS pixels.
    width: f64,
    /// The area is this high, in CSS pixels.
    height: f64,
}

impl Area {
    fn is_upright(self) -> bool {
        self.height > self.width
    }

    /// Upright places get upright tiles.
    fn aspect(self) -> AspectRange {
        if self.is_upright() {
            AspectRange::ANY
        } else {
            AspectRange::LANDSCAPE
        }
    }

    /// `count` equal tiles in it.
    fn grid(self, count: usize, gap: f64, aspect: AspectRange) -> Vec<Place> {
        let grid = arrange(self.width, self.height, count, gap, aspect);
        (0..count)
            .map_while(|index| grid.place(index))
            .map(|place| Place {
                x: place.x + self.x,
                y: place.y + self.y,
                ..place
            })
            .collect()
    }

    fn whole(self) -> Place {
        Place {
            x: self.x,
            y: self.y,
            width: self.width,
            height: self.height,
        }
    }

    /// Divides it into the part of the large tile and the strip.
    fn divided(self, gap: f64) -> (Self, Self) {
        let (longer, share) = if self.is_upright() {
            (self.height, STRIP_SHARE_UPRIGHT)
        } else {
            (self.width, STRIP_SHARE_WIDE)
        };
        let (thinnest, thickest) = STRIP_THICKNESS;
        let strip = (longer * share).clamp(thinnest, thickest).min(longer / 3.0);
        let main = (longer - strip - gap).max(0.0);
        if self.is_upright() {
            let below = Self {
                y: self.y + longer - strip,
                height: strip,
                ..self
            };
            (
                Self {
                    height: main,
                    ..self
                },
                below,
            )
        } else {
            let beside = Self {
                x: self.x + longer - strip,
                width: strip,
                ..self
            };
            (
                Self {
                    width: main,
                    ..self
                },
                beside,
            )
        }
    }
}

/// The places of the tiles of [`StageView::tiles`], in that order, on a stage of this size in CSS pixels. In a grid the
/// places of `guests` further cards of the same size follow.
pub fn places(view: &StageView, width: f64, height: f64, gap: f64, guests: usize) -> Vec<Place> {
    let stage = Area {
        x: 0.0,
        y: 0.0,
        width,
        height,
    };
    if !leads(view) {
        return stage.grid(view.main.len() + guests, gap, stage.aspect());
    }
    let (main, strip) = if view.strip.is_empty() {
        (stage, None)
    } else {
        let (main, strip) = stage.divided(gap);
        (main, Some(strip))
    };
    let mut places = match view.main.first() {
        Some(TileId::Screen(_)) => vec![main.whole()],
        _ => main.grid(1, gap, AspectRange::ANY),
    };
    if let Some(strip) = strip {
        places.extend(strip.grid(view.strip.len(), gap, AspectRange::LANDSCAPE));
    }
    places
}

/// Whether one tile is large.
fn leads(view: &StageView) -> bool {
    !view.strip.is_empty() || matches!(view.main.as_slice(), [TileId::Screen(_)])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::PeerId;
    use crate::room::participant::Participant;

    fn tile(index: usize) -> TileId {
        TileId::Camera(Participant::Peer(PeerId::new(format!("p{index}"))))
    }

    fn view(main: usize, strip: usize, screen: bool) -> StageView {
        let first = if screen {
            TileId::Screen(Participant::Me)
        } else {
            tile(99)
        };
        StageView {
            main: std::iter::once(first).chain((1..main).map(tile)).collect(),
            strip: (main..main + strip).map(tile).collect(),
            page: 0,
            pages: 1,
            elsewhere: 0,
        }
    }

    fn apart(one: &Place, other: &Place) -> bool {
        /// Sums are rounded by less than this, in CSS pixels.
        const SLACK: f64 = 1e-6;
        one.x + one.width <= other.x + SLACK
            || other.x + other.width <= one.x + SLACK
            || one.y + one.height <= other.y + SLACK
            || other.y + other.height <= one.y + SLACK
    }

    proptest! {
        #[test]
        fn every_tile_has_a_place_inside_the_stage_and_apart(width in 1.0..3_000.0_f64, height in 1.0..2_000.0_f64, count in 1..16_usize, leading in any::<bool>(), screen in any::<bool>()) {
            let view = if leading { view(1, count, screen) } else { view(count + 1, 0, screen) };
            let places = places(&view, width, height, 8.0, 0);
            prop_assert_eq!(places.len(), view.tiles().count());
            for (index, place) in places.iter().enumerate() {
                prop_assert!(place.x >= 0.0 && place.y >= 0.0);
                prop_assert!(place.x + place.width <= width + 1e-6 && place.y + place.height <= height + 1e-6);
                prop_assert!(places[index + 1..].iter().all(|other| apart(place, other)), "{places:?}");
            }
        }
    }

    #[test]
    fn the_strip_is_beside_the_large_tile_and_below_it_on_a_phone() {
        let desk = places(&view(1, 3, true), 1_400.0, 800.0, 8.0, 0);
        assert!(desk[1..].iter().all(|small| small.x >= desk[0].width));
        assert!(desk[0].width > 1_000.0 && desk[0].height > 799.0);
        let phone = places(&view(1, 3, true), 380.0, 700.0, 8.0, 0);
        assert!(phone[1..].iter().all(|small| small.y >= phone[0].height));
        assert!(phone[0].height > 500.0);
    }

    #[test]
    fn a_single_screen_takes_the_whole_stage_and_a_single_face_leaves_room_for_guests() {
        let screen = places(&view(1, 0, true), 1_000.0, 700.0, 8.0, 0);
        assert_eq!((screen[0].width, screen[0].height), (1_000.0, 700.0));
        assert_eq!(places(&view(1, 0, false), 1_000.0, 700.0, 8.0, 1).len(), 2);
    }
}
