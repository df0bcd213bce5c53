//! How much one connection may say, and what happens to a client that ignores it.
//!
//! Pure: time is an argument. Invariant: in any span of time no more messages are allowed than the burst plus the
//! rate times the span.

use std::time::Duration;

use tokio::time::Instant;

use crate::pace::TokenBucket;

/// A burst at once may be this many seconds' worth of messages.
const BURST_SECONDS: u32 = 10;

/// A message of up to this many bytes costs one token; every further begun span of this length costs another.
const BYTES_PER_TOKEN: usize = 32 * 1024;

/// A client may keep exceeding the limit for this long before it is flooding.
const PATIENCE: Duration = Duration::from_secs(10);

/// The client is told at most once in this time.
const NOTICE_INTERVAL: Duration = Duration::from_secs(1);

/// A message is treated in one of these ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RateVerdict {
    /// The message is handled.
    Allow,
    /// The message is dropped, and the client is told so, if it was not a moment ago.
    Drop,
    /// The connection is dropped: the client was told and does not care.
    Flooding,
}

/// The limit of one connection, and how well it is kept.
#[derive(Clone, Debug)]
pub(super) struct RateLimit {
    /// This many messages are allowed each second; 0 allows everything.
    rate: u32,
    /// A message takes a token or more. Its clock shows the milliseconds since `began`.
    tokens: TokenBucket,
    /// The connection's beginning, from which its time is counted.
    began: Instant,
    /// The client is above the limit, or was until shortly; `None` while it keeps it.
    excess: Option<Excess>,
    /// The client was last told then that messages of it were dropped; `None` before.
    told: Option<Instant>,
}

/// What came beyond the limit since the client was last within it.
#[derive(Clone, Copy, Debug)]
struct Excess {
    /// The first message too many came then.
    since: Instant,
    /// This many messages were dropped. More than a burst of them is flooding, however fast they came.
    messages: u32,
}

impl RateLimit {
    /// Allows `rate` messages each second and a burst of them at once; 0 allows everything.
    pub(crate) fn new(rate: u32, now: Instant) -> Self {
        Self {
            rate,
            tokens: TokenBucket::full(Self::burst(rate), f64::from(rate), 0),
            began: now,
            excess: None,
            told: None,
        }
    }

    fn burst(rate: u32) -> u32 {
        rate.saturating_mul(BURST_SECONDS)
    }

    /// Judges one message of `bytes` bytes that came at `now`.
    pub(crate) fn judge(&mut self, bytes: usize, now: Instant) -> RateVerdict {
        if self.rate == 0 {
            return RateVerdict::Allow;
        }
        let at = self.millis(now);
        // A second's worth in stock means that the client has paused: it took the hint.
        if self.tokens.has(self.rate, at) {
            self.excess = None;
        }
        if self.tokens.take(Self::cost(bytes), at) {
            return RateVerdict::Allow;
        }
        let Some(excess) = &mut self.excess else {
            self.excess = Some(Excess {
                since: now,
                messages: 1,
            });
            return RateVerdict::Drop;
        };
        excess.messages += 1;
        if excess.messages > Self::burst(self.rate) || now.duration_since(excess.since) >= PATIENCE
        {
            return RateVerdict::Flooding;
        }
        RateVerdict::Drop
    }

    /// Says whether the client is to be told now that a message of it was dropped, whatever limit it exceeded.
    pub(super) fn may_tell(&mut self, now: Instant) -> bool {
        let is_due = self
            .told
            .is_none_or(|told| now.duration_since(told) >= NOTICE_INTERVAL);
        if is_due {
            self.told = Some(now);
        }
        is_due
    }

    fn millis(&self, now: Instant) -> u64 {
        let since = now.duration_since(self.began).as_millis();
        u64::try_from(since).unwrap_or(u64::MAX)
    }

    fn cost(bytes: usize) -> u32 {
        let tokens = bytes.div_ceil(BYTES_PER_TOKEN).max(1);
        u32::try_from(tokens).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn after(start: Instant, millis: u64) -> Instant {
        start + Duration::from_millis(millis)
    }

    #[test]
    fn a_burst_passes_and_the_next_message_is_refused_with_a_notice() {
        let start = Instant::now();
        let mut bucket = RateLimit::new(100, start);
        for _ in 0..1000 {
            assert_eq!(bucket.judge(10, start), RateVerdict::Allow);
        }
        assert_eq!(bucket.judge(10, start), RateVerdict::Drop);
        assert!(bucket.may_tell(start));
        assert_eq!(bucket.judge(10, start), RateVerdict::Drop);
        assert!(!bucket.may_tell(start));
    }

    #[test]
    fn notices_come_at_most_once_a_second() {
        let start = Instant::now();
        let mut bucket = RateLimit::new(1, start);
        let mut notices = 0;
        for millis in 0..8000 {
            match bucket.judge(10, after(start, millis)) {
                RateVerdict::Allow => {}
                RateVerdict::Drop => notices += u32::from(bucket.may_tell(after(start, millis))),
                RateVerdict::Flooding => break,
            }
        }
        assert!(notices > 0);
        assert!(notices <= 8, "{notices}");
    }

    #[test]
    fn another_burst_on_top_is_flooding() {
        let start = Instant::now();
        let mut bucket = RateLimit::new(100, start);
        let verdicts: Vec<RateVerdict> = (0..2001).map(|_| bucket.judge(10, start)).collect();
        assert_eq!(verdicts[1999], RateVerdict::Drop);
        assert_eq!(verdicts[2000], RateVerdict::Flooding);
    }

    #[test]
    fn ten_seconds_above_the_rate_are_flooding() {
        let start = Instant::now();
        let mut bucket = RateLimit::new(100, start);
        let flooded = (0..200_000)
            .step_by(9)
            .find(|millis| bucket.judge(10, after(start, *millis)) == RateVerdict::Flooding);
        assert!(
            flooded.is_some_and(|millis| (90_000..120_000).contains(&millis)),
            "{flooded:?}"
        );
    }

    #[test]
    fn a_client_that_takes_the_hint_is_forgiven() {
        let start = Instant::now();
        let mut bucket = RateLimit::new(100, start);
        for _ in 0..1900 {
            bucket.judge(10, start);
        }
        assert_eq!(bucket.judge(10, after(start, 2000)), RateVerdict::Allow);
        let later: Vec<RateVerdict> = (0..1000)
            .map(|_| bucket.judge(10, after(start, 2000)))
            .collect();
        assert!(!later.contains(&RateVerdict::Flooding));
    }

    #[test]
    fn the_allowed_rate_is_allowed_for_ever() {
        let start = Instant::now();
        let mut bucket = RateLimit::new(100, start);
        assert!(
            (0..600_000)
                .step_by(10)
                .all(|millis| bucket.judge(500, after(start, millis)) == RateVerdict::Allow)
        );
    }

    #[test]
    fn a_large_message_counts_as_several() {
        let start = Instant::now();
        let mut bucket = RateLimit::new(1, start);
        let allowed = (0..10)
            .filter(|_| bucket.judge(64 * 1024, start) == RateVerdict::Allow)
            .count();
        assert_eq!(allowed, 5);
    }

    #[test]
    fn rate_zero_allows_everything() {
        let start = Instant::now();
        let mut bucket = RateLimit::new(0, start);
        assert!((0..100_000).all(|_| bucket.judge(60_000, start) == RateVerdict::Allow));
    }

    proptest! {
        #[test]
        fn never_more_than_the_burst_plus_the_rate(rate in 1_u32..200, gaps in prop::collection::vec(0_u64..50, 1..2000)) {
            let start = Instant::now();
            let mut bucket = RateLimit::new(rate, start);
            let mut now = 0;
            let mut allowed = 0_u64;
            for gap in gaps {
                now += gap;
                if bucket.judge(1, after(start, now)) == RateVerdict::Allow {
                    allowed += 1;
                }
                prop_assert!(allowed <= u64::from(rate) * 10 + u64::from(rate) * now / 1000 + 2);
            }
        }
    }
}
