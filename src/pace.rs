//! Token buckets: a burst at once, then a steady rate.

/// Holds up to `capacity` tokens and gains `per_second` of them each second.
#[derive(Clone, Debug)]
pub struct TokenBucket {
    capacity: f64,
    per_second: f64,
    tokens: f64,
    counted_at: u64,
}

impl TokenBucket {
    /// A full bucket.
    pub fn full(capacity: u32, per_second: f64, now: u64) -> Self {
        Self {
            capacity: f64::from(capacity),
            per_second,
            tokens: f64::from(capacity),
            counted_at: now,
        }
    }

    /// Takes `amount` tokens, or none when there are not enough: then nothing changes.
    pub fn take(&mut self, amount: u32, now: u64) -> bool {
        let there = self.there(now);
        let enough = there >= f64::from(amount);
        if enough {
            self.tokens = there - f64::from(amount);
            self.counted_at = self.counted_at.max(now);
        }
        enough
    }

    /// When `amount` tokens will be there, if nothing is taken before: `now` when they are already.
    pub fn ready_at(&self, amount: u32, now: u64) -> u64 {
        let missing = f64::from(amount) - self.there(now);
        if missing <= 0.0 {
            now
        } else {
            now.saturating_add((missing / self.per_second * 1000.0).ceil() as u64)
        }
    }

    fn there(&self, now: u64) -> f64 {
        let gained = now.saturating_sub(self.counted_at) as f64 * self.per_second / 1000.0;
        (self.tokens + gained).min(self.capacity)
    }

    /// Whether nothing is missing.
    pub fn is_full(&self, now: u64) -> bool {
        self.there(now) >= self.capacity
    }

    /// Whether `amount` tokens are there.
    pub fn has(&self, amount: u32, now: u64) -> bool {
        self.there(now) >= f64::from(amount)
    }
}

/// A limit on frames and on their bytes at the same time.
#[derive(Clone, Debug)]
pub struct Allowance {
    frames: TokenBucket,
    bytes: TokenBucket,
}

impl Allowance {
    /// Both buckets full.
    pub fn new(frames: TokenBucket, bytes: TokenBucket) -> Self {
        Self { frames, bytes }
    }

    /// Takes one frame of this size, or nothing when either bucket has not enough.
    pub fn take(&mut self, size: usize, now: u64) -> bool {
        let size = tokens(size);
        let enough = self.frames.has(1, now) && self.bytes.has(size, now);
        enough && self.frames.take(1, now) && self.bytes.take(size, now)
    }

    /// When there is enough for one frame of this size, if nothing is taken before: `now` when there is already.
    pub fn ready_at(&self, size: usize, now: u64) -> u64 {
        let bytes = self.bytes.ready_at(tokens(size), now);
        self.frames.ready_at(1, now).max(bytes)
    }
}

fn tokens(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_allows_its_burst_and_then_its_rate() {
        let mut bucket = TokenBucket::full(5, 10.0, 0);
        assert_eq!((0..9).filter(|_| bucket.take(1, 0)).count(), 5);
        assert_eq!(bucket.ready_at(1, 0), 100);
        assert_eq!((1..=1000).filter(|ms| bucket.take(1, *ms)).count(), 10);
        assert!(bucket.take(5, 60_000));
        assert!(!bucket.take(1, 60_000));
    }

    #[test]
    fn time_that_goes_backwards_gains_nothing() {
        let mut bucket = TokenBucket::full(1, 1.0, 5_000);
        assert!(bucket.take(1, 5_000));
        assert!(!bucket.take(1, 1_000));
        assert!(!bucket.take(1, 5_500));
        assert!(bucket.take(1, 6_000));
    }

    #[test]
    fn what_is_refused_changes_nothing_and_fits_when_it_was_said_to() {
        let fresh = |amount, bytes| {
            Allowance::new(
                TokenBucket::full(amount, 3.0, 0),
                TokenBucket::full(bytes, 70.0, 0),
            )
        };
        for (mut allowance, size, due) in [
            (fresh(1, 100), 10, 334),
            (fresh(9, 100), 100, 1_429),
            (fresh(1, 100), 90, 1_143),
        ] {
            assert_eq!(allowance.ready_at(size, 0), 0);
            assert!(allowance.take(size, 0));
            let before = format!("{allowance:?}");
            for now in [0, 1, 333] {
                assert_eq!(allowance.ready_at(size, now), due, "{size}");
                assert!(!allowance.take(size, now));
            }
            assert_eq!(format!("{allowance:?}"), before);
            assert!(allowance.take(size, due));
        }
    }

    #[test]
    fn an_allowance_takes_nothing_when_one_of_its_buckets_is_short() {
        let mut allowance =
            Allowance::new(TokenBucket::full(2, 1.0, 0), TokenBucket::full(100, 1.0, 0));
        assert!(!allowance.take(101, 0));
        assert!(allowance.take(50, 0));
        assert!(!allowance.take(51, 0));
        assert!(allowance.take(50, 0));
        assert!(!allowance.take(0, 0));
    }
}
