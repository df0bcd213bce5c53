//! Which sequence numbers of a stream have gone out.
//!
//! Invariant: no number is let out twice. To seal two packets with one number would give away what protects all of them
//! (RFC 7714 §8.3), so what is too old to be sure of is not let out either.

/// So many numbers behind the highest are known one by one.
const KNOWN: u64 = 1_024;

/// The words that they take.
const WORDS: usize = 16;

/// The numbers of a stream that have gone out.
#[derive(Debug, Default)]
pub(super) struct SentWindow {
    /// The highest, once there is one.
    highest: Option<u64>,
    /// A bit for each of the last numbers, at the place that is the number modulo [`KNOWN`].
    bits: [u64; WORDS],
}

impl SentWindow {
    /// Notes that a number goes out. `false` when it did before, or may have.
    pub(super) fn admit(&mut self, number: u64) -> bool {
        match self.highest {
            None => self.highest = Some(number),
            Some(highest) if number > highest => {
                let new = (highest + 1..=number).rev().take(WORDS * 64);
                for skipped in new {
                    let (word, bit) = self.place(skipped);
                    *word &= !bit;
                }
                self.highest = Some(number);
            }
            Some(highest) if highest - number >= KNOWN => return false,
            Some(_) => {}
        }
        let (word, bit) = self.place(number);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    fn place(&mut self, number: u64) -> (&mut u64, u64) {
        let place = number % KNOWN;
        let word = usize::try_from(place / 64).unwrap_or_default();
        (&mut self.bits[word], 1 << (place % 64))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_too_old_to_be_sure_of_is_not_let_out() {
        let mut window = SentWindow::default();
        assert!(window.admit(5_000));
        assert!(window.admit(5_000 - KNOWN + 1));
        assert!(!window.admit(5_000 - KNOWN));
    }

    #[test]
    fn after_a_leap_everything_new_is_let_out() {
        let mut window = SentWindow::default();
        assert!(window.admit(7));
        assert!(window.admit(7 + 10 * KNOWN));
        assert!(window.admit(7 + 9 * KNOWN + 1));
        assert!(!window.admit(7));
    }

    proptest! {
        #[test]
        fn no_number_is_let_out_twice_and_each_new_one_is(
            steps in proptest::collection::vec(-900_i64..1_200, 1..400),
        ) {
            let mut window = SentWindow::default();
            let mut out = HashSet::new();
            let (mut number, mut highest) = (100_000_u64, 0);
            for step in steps {
                number = number.saturating_add_signed(step);
                let is_known = number + KNOWN > highest;
                highest = highest.max(number);
                let is_new = out.insert(number);
                prop_assert_eq!(window.admit(number), is_new && is_known);
                if !is_known {
                    number = highest;
                }
            }
        }
    }
}
