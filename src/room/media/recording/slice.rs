//! Where in the pieces of a recording a stretch of its stream lies.
//!
//! Invariant: the slices of a stretch are it and nothing else, in its order.

use std::ops::Range;

/// A part of a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PieceSlice {
    /// The piece is the so-manyth, from 0.
    pub piece: usize,
    /// The part lies between these bytes of it.
    pub range: Range<u64>,
}

/// How long the pieces are.
#[derive(Clone, Debug, Default)]
pub struct PieceEnds {
    /// Each piece ends there, from the start of the stream, in bytes.
    ends: Vec<u64>,
}

impl PieceEnds {
    /// Another piece of so many bytes follows.
    pub fn push(&mut self, bytes: u64) {
        self.ends.push(self.start(self.ends.len()) + bytes);
    }

    /// The parts of pieces that a stretch of the stream consists of; what lies behind the last piece is left out.
    pub fn slices(&self, stretch: &Range<u64>) -> Vec<PieceSlice> {
        let first = self.ends.partition_point(|end| *end <= stretch.start);
        let pieces = self.ends.iter().enumerate().skip(first);
        pieces
            .map(|(piece, end)| (piece, self.start(piece), *end))
            .take_while(|(_, start, _)| *start < stretch.end)
            .map(|(piece, start, end)| PieceSlice {
                piece,
                range: stretch.start.max(start) - start..stretch.end.min(end) - start,
            })
            .filter(|slice| !slice.range.is_empty())
            .collect()
    }

    /// Where a piece begins, from the start of the stream, in bytes.
    fn start(&self, piece: usize) -> u64 {
        let before = piece
            .checked_sub(1)
            .and_then(|before| self.ends.get(before));
        before.copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stretch_is_found_in_the_pieces_byte_for_byte() {
        let stream: Vec<u8> = (0..30).collect();
        let lengths = [4, 0, 1, 10, 0, 0, 15];
        let mut ends = PieceEnds::default();
        let mut pieces = Vec::new();
        let mut rest = stream.as_slice();
        for length in lengths {
            let (piece, behind) = rest.split_at(length);
            pieces.push(piece);
            rest = behind;
            ends.push(length as u64);
        }
        for start in 0..=30_usize {
            for end in start..=30 {
                let slices = ends.slices(&(start as u64..end as u64));
                let found: Vec<u8> = slices
                    .iter()
                    .flat_map(|slice| {
                        let at = |position: u64| usize::try_from(position).unwrap();
                        &pieces[slice.piece][at(slice.range.start)..at(slice.range.end)]
                    })
                    .copied()
                    .collect();
                assert_eq!(found, stream[start..end], "{start}..{end}: {slices:?}");
                assert!(slices.iter().all(|slice| !slice.range.is_empty()));
            }
        }
        assert_eq!(ends.slices(&(29..40)).len(), 1, "there are only thirty");
        assert_eq!(ends.slices(&(40..50)), []);
    }
}
