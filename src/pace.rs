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

    /// Takes `amount` tokens, or none when there are not enough.
    pub fn take(&mut self, amount: u32, now: u64) -> bool {
        let enough = self.has(amount, now);
        if enough {
            self.tokens -= f64::from(amount);
        }
        enough
    }

    /// When `amount` tokens will be there, if nothing is taken before: `now` when they are already.
    pub fn ready_at(&self, amount: u32, now: u64) -> u64 {
        let gained = now.saturating_sub(self.counted_at) as f64 * self.per_second / 1000.0;
        let missing = f64::from(amount) - (self.tokens + gained).min(self.capacity);
        if missing <= 0.0 {
            now
        } else {
            now.saturating_add((missing / self.per_second * 1000.0).ceil() as u64)
        }
    }

    fn has(&mut self, amount: u32, now: u64) -> bool {
        let gained = now.saturating_sub(self.counted_at) as f64 * self.per_second / 1000.0;
        self.tokens = (self.tokens + gained).min(self.capacity);
        self.counted_at = self.counted_at.max(now);
        self.tokens >= f64::from(amount)
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
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        let enough = self.frames.has(1, now) && self.bytes.has(size, now);
        enough && self.frames.take(1, now) && self.bytes.take(size, now)
    }
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
