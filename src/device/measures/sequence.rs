//! What became of things with numbers that follow each other: lost, late, or come twice.
//!
//! Invariant: what is missing counts as lost until it comes after all, which makes it reordered.

/// So far back it is remembered what came.
const REMEMBERED: u64 = 1_024;

/// Numbers that are further apart begin a new count (RFC 3550 appendix A.1).
const LARGEST_STEP: u64 = 3_000;

/// What became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Arrivals {
    /// So many came, each counted once.
    pub(crate) received: u64,
    /// So many did not come, as far as is known; below zero for one that came after all.
    pub(crate) lost: i64,
    /// So many came behind others that were sent after them.
    pub(crate) reordered: u64,
    /// So many came that had come before.
    pub(crate) duplicates: u64,
}

/// One sequence of numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sequence {
    /// The highest number so far; `None` before the first.
    highest: Option<u64>,
    /// The first number: what was before it is not missed.
    first: u64,
    /// Whether each of the last numbers came, by the number's rest.
    came: [u64; (REMEMBERED / 64) as usize],
}

impl Sequence {
    /// The number of 16 bits of a packet of RTP.
    pub(crate) fn arrive_short(&mut self, number: u16) -> Arrivals {
        let Some(highest) = self.highest else {
            // Far enough from zero for those that come late.
            return self.arrive(1 << 20 | u64::from(number));
        };
        let ahead = i64::from(number.wrapping_sub(highest as u16) as i16);
        self.arrive(highest.saturating_add_signed(ahead))
    }

    /// A number that never begins again: what changes with it.
    pub(crate) fn arrive(&mut self, number: u64) -> Arrivals {
        let Some(highest) = self
            .highest
            .filter(|highest| number.abs_diff(*highest) <= LARGEST_STEP)
        else {
            *self = Self {
                highest: Some(number),
                first: number,
                ..Self::default()
            };
            self.mark(number);
            return Arrivals {
                received: 1,
                ..Arrivals::default()
            };
        };
        if number > highest {
            for between in highest + 1..number {
                self.unmark(between);
            }
            self.mark(number);
            self.highest = Some(number);
            return Arrivals {
                received: 1,
                lost: i64::try_from(number - highest - 1).unwrap_or(i64::MAX),
                ..Arrivals::default()
            };
        }
        // What is older than what is remembered is taken for what came twice: it can be told no more.
        if highest - number >= REMEMBERED || self.has(number) {
            return Arrivals {
                duplicates: 1,
                ..Arrivals::default()
            };
        }
        self.mark(number);
        Arrivals {
            received: 1,
            // What was before the first was not missed.
            lost: -i64::from(number >= self.first),
            reordered: 1,
            ..Arrivals::default()
        }
    }

    fn mark(&mut self, number: u64) {
        let (word, bit) = place(number);
        if let Some(word) = self.came.get_mut(word) {
            *word |= bit;
        }
    }

    fn unmark(&mut self, number: u64) {
        let (word, bit) = place(number);
        if let Some(word) = self.came.get_mut(word) {
            *word &= !bit;
        }
    }

    fn has(&self, number: u64) -> bool {
        let (word, bit) = place(number);
        self.came.get(word).is_some_and(|word| word & bit != 0)
    }
}

fn place(number: u64) -> (usize, u64) {
    let rest = number % REMEMBERED;
    ((rest / 64) as usize, 1 << (rest % 64))
}

impl std::ops::AddAssign for Arrivals {
    fn add_assign(&mut self, other: Self) {
        self.received += other.received;
        self.lost += other.lost;
        self.reordered += other.reordered;
        self.duplicates += other.duplicates;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(numbers: impl IntoIterator<Item = u16>) -> (u64, i64, u64, u64) {
        let mut sequence = Sequence::default();
        let mut all = Arrivals::default();
        for number in numbers {
            all += sequence.arrive_short(number);
        }
        (all.received, all.lost, all.reordered, all.duplicates)
    }

    #[test]
    fn what_is_missing_is_lost_until_it_comes() {
        assert_eq!(count([7, 8, 9]), (3, 0, 0, 0));
        assert_eq!(count([7, 10]), (2, 2, 0, 0));
        assert_eq!(count([7, 10, 9]), (3, 1, 1, 0));
        assert_eq!(count([7, 10, 9, 8]), (4, 0, 2, 0));
    }

    #[test]
    fn what_comes_twice_is_told_from_what_comes_late() {
        assert_eq!(count([7, 7, 8, 7]), (2, 0, 0, 2));
        assert_eq!(count([7, 9, 8, 8]), (3, 0, 1, 1));
    }

    #[test]
    fn what_was_before_the_first_is_not_missed() {
        assert_eq!(count([7, 5, 6, 8]), (4, 0, 2, 0));
        assert_eq!(count([7, 5, 5]), (2, 0, 1, 1));
    }

    #[test]
    fn numbers_of_16_bits_go_round() {
        assert_eq!(count([65_534, 65_535, 0, 2]), (4, 1, 0, 0));
        assert_eq!(count([65_535, 1, 0]), (3, 0, 1, 0));
        let long = (0..200_000_u32).map(|number| number as u16);
        assert_eq!(count(long), (200_000, 0, 0, 0));
    }

    #[test]
    fn a_leap_begins_anew_and_is_no_loss() {
        assert_eq!(count([7, 20_000, 20_001]), (3, 0, 0, 0));
        assert_eq!(count([7, 3_000]), (2, 2_992, 0, 0));
    }

    #[test]
    fn every_loss_is_found_however_many_pass() {
        let mut sequence = Sequence::default();
        let mut all = Arrivals::default();
        for number in (0..100_000_u64).filter(|number| number % 10 != 3) {
            all += sequence.arrive(number);
        }
        assert_eq!((all.received, all.lost), (90_000, 10_000));
    }
}
