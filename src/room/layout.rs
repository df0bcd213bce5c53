//! Where the tiles go.

/// A grid of equal tiles.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Grid {
    /// Columns.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
    /// Width of one tile, in CSS pixels.
    pub tile_width: f64,
    /// Height of one tile, in CSS pixels.
    pub tile_height: f64,
}
