//! Where the tiles go: pure geometry, in CSS pixels.
//!
//! Invariant: tiles of one grid are equal, keep to the aspects that were asked for and never leave the container. A
//! larger container never shrinks their area and one more person never enlarges it.

/// Containers are believed to be at most this wide and high, in CSS pixels.
const LARGEST_SIDE: f64 = 1_000_000.0;

/// Areas closer to each other than this fraction count as equal.
const AREA_TOLERANCE: f64 = 1e-9;

/// A tile may take these shapes: width divided by height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AspectRange {
    /// No tile is more upright.
    pub narrowest: f64,
    /// No tile is wider.
    pub widest: f64,
}

impl AspectRange {
    /// This is 4:3 to 16:9, what cameras of computers deliver.
    pub const LANDSCAPE: Self = Self {
        narrowest: 4.0 / 3.0,
        widest: 16.0 / 9.0,
    };

    /// This is 3:4 to 16:9, which fills upright screens as well.
    pub const ANY: Self = Self {
        narrowest: 3.0 / 4.0,
        widest: 16.0 / 9.0,
    };

    /// The largest rectangle of an allowed shape inside a cell.
    fn fit(self, width: f64, height: f64) -> (f64, f64) {
        if width <= 0.0 || height <= 0.0 {
            return (0.0, 0.0);
        }
        let narrowest = self.narrowest.max(f64::MIN_POSITIVE);
        let widest = self.widest.max(narrowest);
        let aspect = width / height;
        if aspect > widest {
            (height * widest, height)
        } else if aspect < narrowest {
            (width, width / narrowest)
        } else {
            (width, height)
        }
    }
}

/// A grid of equal tiles.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Grid {
    /// The grid has so many columns.
    pub columns: usize,
    /// The grid has so many rows.
    pub rows: usize,
    /// One tile is this wide, in CSS pixels.
    pub tile_width: f64,
    /// One tile is this high, in CSS pixels.
    pub tile_height: f64,
    /// There are so many tiles, and the last row may be short of some.
    count: usize,
    /// There is this much space between tiles, in CSS pixels.
    gap: f64,
    /// The container is this wide, in CSS pixels; the places are found from it.
    width: f64,
    /// The container is this high, in CSS pixels.
    height: f64,
}

/// A rectangle in the container, in CSS pixels from its upper left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    /// The rectangle begins this far from the left.
    pub x: f64,
    /// The rectangle begins this far from the top.
    pub y: f64,
    /// The rectangle is this wide.
    pub width: f64,
    /// The rectangle is this high.
    pub height: f64,
}

/// Arranges `count` tiles with `gap` between them so that each is as large as can be.
pub fn arrange(width: f64, height: f64, count: usize, gap: f64, aspect: AspectRange) -> Grid {
    let (width, height, gap) = (sane(width), sane(height), sane(gap));
    let mut best = Grid::default();
    for columns in 1..=count {
        let rows = count.div_ceil(columns);
        let cell = |side: f64, cells: usize| {
            let cells = cells as f64;
            ((side - gap * (cells - 1.0)) / cells).max(0.0)
        };
        let (tile_width, tile_height) = aspect.fit(cell(width, columns), cell(height, rows));
        let best_area = best.tile_width * best.tile_height;
        if columns == 1 || tile_width * tile_height > best_area * (1.0 + AREA_TOLERANCE) {
            best = Grid {
                columns,
                rows,
                tile_width,
                tile_height,
                count,
                gap,
                width,
                height,
            };
        }
    }
    best
}

fn sane(side: f64) -> f64 {
    if side.is_finite() {
        side.clamp(0.0, LARGEST_SIDE)
    } else {
        0.0
    }
}

impl Grid {
    /// Where tile `index` (from 0) goes; the block is centred, and so is its last row. `None` beyond the last tile.
    pub fn place(&self, index: usize) -> Option<Place> {
        if index >= self.count {
            return None;
        }
        let (row, column) = (index / self.columns, index % self.columns);
        let in_row = if row + 1 == self.rows {
            self.count - row * self.columns
        } else {
            self.columns
        };
        Some(Place {
            x: along(self.width, self.tile_width, self.gap, in_row, column),
            y: along(self.height, self.tile_height, self.gap, self.rows, row),
            width: self.tile_width,
            height: self.tile_height,
        })
    }
}

/// Where the `index`th of `count` tiles in a centred line begins.
fn along(side: f64, tile: f64, gap: f64, count: usize, index: usize) -> f64 {
    let line = tile * count as f64 + gap * (count as f64 - 1.0);
    let start = (side - line) / 2.0 + (tile + gap) * index as f64;
    start.clamp(0.0, (side - tile).max(0.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Sums of up to a hundred terms are rounded by less than this, in CSS pixels.
    const SLACK: f64 = 1e-6;

    fn inside(place: Place, width: f64, height: f64) -> bool {
        place.x >= 0.0
            && place.y >= 0.0
            && place.x + place.width <= width * (1.0 + SLACK) + SLACK
            && place.y + place.height <= height * (1.0 + SLACK) + SLACK
    }

    fn area(grid: &Grid) -> f64 {
        grid.tile_width * grid.tile_height
    }

    fn aspects() -> impl Strategy<Value = AspectRange> {
        prop_oneof![Just(AspectRange::LANDSCAPE), Just(AspectRange::ANY)]
    }

    fn side() -> impl Strategy<Value = f64> {
        prop_oneof![Just(0.0), 0.0..1.0, 1.0..300.0, 300.0..4_000.0]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

        #[test]
        fn tiles_never_overflow_and_never_overlap(width in side(), height in side(), count in 1_usize..=100, gap in 0.0..40.0, aspect in aspects()) {
            let grid = arrange(width, height, count, gap, aspect);
            prop_assert!(grid.columns * grid.rows >= count && grid.columns * (grid.rows - 1) < count);
            let places: Vec<Place> = (0..count).map_while(|index| grid.place(index)).collect();
            prop_assert_eq!(places.len(), count);
            prop_assert_eq!(grid.place(count), None);
            for (index, place) in places.iter().enumerate() {
                prop_assert!(inside(*place, width, height), "{place:?} leaves {width} x {height}");
                for other in &places[index + 1..] {
                    let apart = place.x + place.width <= other.x + SLACK || place.y + place.height <= other.y + SLACK
                        || other.x + other.width <= place.x + SLACK;
                    prop_assert!(apart, "{place:?} and {other:?} overlap");
                }
            }
        }

        #[test]
        fn tiles_keep_to_the_aspects(width in 1.0..4_000.0, height in 1.0..4_000.0, count in 1_usize..=100, gap in 0.0..40.0, aspect in aspects()) {
            let grid = arrange(width, height, count, gap, aspect);
            if area(&grid) > 0.0 {
                let shape = grid.tile_width / grid.tile_height;
                prop_assert!(shape >= aspect.narrowest * (1.0 - SLACK) && shape <= aspect.widest * (1.0 + SLACK), "{shape}");
            }
        }

        #[test]
        fn a_larger_container_never_shrinks_the_tiles(width in side(), height in side(), more_width in 0.0..500.0, more_height in 0.0..500.0, count in 1_usize..=100, gap in 0.0..40.0, aspect in aspects()) {
            let small = arrange(width, height, count, gap, aspect);
            let large = arrange(width + more_width, height + more_height, count, gap, aspect);
            prop_assert!(area(&large) >= area(&small) * (1.0 - SLACK));
        }

        #[test]
        fn one_more_person_never_enlarges_the_tiles(width in side(), height in side(), count in 1_usize..=99, gap in 0.0..40.0, aspect in aspects()) {
            let before = arrange(width, height, count, gap, aspect);
            let after = arrange(width, height, count + 1, gap, aspect);
            prop_assert!(area(&after) <= area(&before) * (1.0 + SLACK));
        }

        #[test]
        fn absurd_sizes_are_survived(width in any::<f64>(), height in any::<f64>(), count in 0_usize..=100, gap in any::<f64>()) {
            let grid = arrange(width, height, count, gap, AspectRange::ANY);
            for index in 0..count {
                let place = grid.place(index).unwrap();
                prop_assert!(place.x.is_finite() && place.y.is_finite() && place.width.is_finite() && place.height.is_finite());
            }
        }
    }

    #[test]
    fn familiar_windows_get_the_familiar_grids() {
        let shape = |width, height, count| {
            let grid = arrange(width, height, count, 8.0, AspectRange::ANY);
            (grid.columns, grid.rows)
        };
        assert_eq!(shape(1_600.0, 900.0, 1), (1, 1));
        assert_eq!(shape(1_600.0, 900.0, 4), (2, 2));
        assert_eq!(shape(1_600.0, 900.0, 9), (3, 3));
        assert_eq!(shape(390.0, 700.0, 2), (1, 2));
        assert_eq!(shape(390.0, 700.0, 6), (2, 3));
    }

    #[test]
    fn the_last_row_is_centred() {
        let grid = arrange(1_600.0, 900.0, 3, 0.0, AspectRange::LANDSCAPE);
        assert_eq!((grid.columns, grid.rows), (2, 2));
        let last = grid.place(2).unwrap();
        assert!((last.x + last.width / 2.0 - 800.0).abs() < SLACK);
    }
}
