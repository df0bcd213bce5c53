//! Which rows of the conversation stand in the document: those near to what is looked at.
//!
//! Invariant: never more than [`MOST`] rows, however long the conversation, and what is looked at stays among them. A row that
//! comes at the end while the newest are followed adds one and seldom takes another away, so that nothing else moves.

use std::ops::Range;

/// At least so many rows stand in the document, where there are as many.
const LEAST: usize = 80;

/// So many more come when one gets near an end.
const STEP: usize = 40;

/// At most so many rows stand in the document.
const MOST: usize = 160;

/// The rows that stand in the document, one behind the other. Rows are known by their numbers: their places change as others
/// come and go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowWindow {
    /// The first and the last row have these numbers; `None` while there is no row.
    ends: Option<(u64, u64)>,
    /// There are so many rows between both ends, these included.
    length: usize,
    /// The newest row was this one when somebody looked away from the newest ones; `None` while they are followed.
    left_at: Option<u64>,
}

impl RowWindow {
    /// Follows the newest rows.
    pub fn at_the_end() -> Self {
        Self {
            ends: None,
            length: 0,
            left_at: None,
        }
    }

    /// Whether rows that come at the end are shown as they come.
    pub fn follows(&self) -> bool {
        self.left_at.is_none()
    }

    /// How many rows came at the end since somebody looked away from it.
    pub fn missed(&self, numbers: &[u64]) -> usize {
        let seen = |left_at| numbers.iter().rposition(|number| *number == left_at);
        self.left_at.map_or(0, |left_at| {
            seen(left_at).map_or(0, |at| numbers.len() - at - 1)
        })
    }

    /// Whether there is no room for more rows unless others go.
    pub fn is_full(&self) -> bool {
        self.length >= MOST
    }

    /// Whether rows stand before these.
    pub fn has_earlier(&self, numbers: &[u64]) -> bool {
        self.place(numbers).start > 0
    }

    /// Somebody looks at the end, or away from it.
    pub fn look(&mut self, at_end: bool, numbers: &[u64]) {
        if at_end && self.place(numbers).end == numbers.len() {
            self.left_at = None;
        } else if self.left_at.is_none() {
            self.left_at = numbers.last().copied();
        }
    }

    /// The list is different: these are the numbers of all rows now. Says which of them stand in the document.
    pub fn settle(&mut self, numbers: &[u64]) -> Range<usize> {
        let place = self.place(numbers);
        if self.follows() {
            let start = if numbers.len() - place.start > MOST {
                numbers.len() - LEAST
            } else {
                place.start
            };
            self.show(start..numbers.len(), numbers)
        } else {
            self.show(place.start..place.end.min(place.start + MOST), numbers)
        }
    }

    /// Somebody comes near the first row: earlier ones come, and the last ones go where there are too many.
    pub fn earlier(&mut self, numbers: &[u64]) -> Range<usize> {
        let place = self.place(numbers);
        let start = place.start.saturating_sub(STEP);
        let end = place.end.min(start + MOST);
        if end < numbers.len() {
            self.look(false, numbers);
        }
        self.show(start..end, numbers)
    }

    /// Somebody comes near the last row: later ones come, and the first ones go where there are too many.
    pub fn later(&mut self, numbers: &[u64]) -> Range<usize> {
        let place = self.place(numbers);
        let end = (place.end + STEP).min(numbers.len());
        self.show(place.start.max(end.saturating_sub(MOST))..end, numbers)
    }

    /// Somebody wants to see the newest rows, and follow them.
    pub fn newest(&mut self, numbers: &[u64]) -> Range<usize> {
        self.left_at = None;
        self.show(numbers.len()..numbers.len(), numbers)
    }

    /// Where the rows stand now. What is no longer there was at the front and fell off, or was put elsewhere.
    fn place(&self, numbers: &[u64]) -> Range<usize> {
        let Some((first, last)) = self.ends else {
            return numbers.len()..numbers.len();
        };
        let find = |wanted: u64| numbers.iter().position(|number| *number == wanted);
        let (start, end) = match (find(first), find(last)) {
            (Some(first), Some(last)) => (first, last + 1),
            (Some(first), None) => (first, first + self.length),
            (None, Some(last)) => ((last + 1).saturating_sub(self.length), last + 1),
            (None, None) => (0, self.length),
        };
        let end = end.min(numbers.len());
        start.min(end)..end
    }

    /// Takes these, and as many before and behind them as are missing.
    fn show(&mut self, rows: Range<usize>, numbers: &[u64]) -> Range<usize> {
        let start = rows.start.min(rows.end.saturating_sub(LEAST));
        let end = rows.end.max(start + LEAST).min(numbers.len());
        self.length = end - start;
        let ends = numbers.get(start..end).unwrap_or_default();
        self.ends = ends.first().copied().zip(ends.last().copied());
        start..end
    }
}

#[cfg(test)]
#[path = "tests/window.rs"]
mod tests;
