//! How many bits a second one layer takes, measured.
//!
//! Invariant: constant memory, whatever comes; a clock that stands still or goes back counts into the newest bucket.

use std::time::{Duration, Instant};

/// Bytes are counted in pieces of time as long as this.
const BUCKET: Duration = Duration::from_millis(100);

/// So many buckets are the second over which a mean is taken.
const SECOND: usize = 10;

/// So many buckets are kept: the five seconds in which the peak is looked for, and a second before them.
const BUCKETS: usize = 6 * SECOND;

/// A layer without a packet for this long is off.
const SILENCE: Duration = Duration::from_millis(800);

/// A still screen is sent about once a second: only a longer silence means that it is off.
const SILENCE_OF_A_SCREEN: Duration = Duration::from_millis(3_000);

/// A layer that has been live for this long has been measured.
const SETTLED: Duration = Duration::from_secs(1);

/// What a layer took at its peak weighs this much against what it takes now.
const WEIGHT_OF_THE_PEAK: f64 = 0.7;

/// The share for what the payload comes with: headers, and what is sent again.
const OVERHEAD: f64 = 1.05;

/// Measures one layer.
#[derive(Clone, Debug)]
pub(super) struct LayerMeter {
    /// The bytes of each bucket; the newest is at `newest`, and the one behind it is the oldest.
    buckets: [u64; BUCKETS],
    /// Where the newest bucket stands.
    newest: usize,
    /// When the newest bucket began; `None` before the first packet.
    began: Option<Instant>,
    /// When the last packet came.
    last: Option<Instant>,
    /// When the first packet came after the last silence.
    live_since: Option<Instant>,
    /// Without a packet for this long, the layer is off.
    silence: Duration,
}

impl LayerMeter {
    /// For a layer of a camera.
    pub(super) fn of_a_camera() -> Self {
        Self::with_silence(SILENCE)
    }

    /// For a layer of a screen, which may stand still.
    pub(super) fn of_a_screen() -> Self {
        Self::with_silence(SILENCE_OF_A_SCREEN)
    }

    fn with_silence(silence: Duration) -> Self {
        Self {
            buckets: [0; BUCKETS],
            newest: 0,
            began: None,
            last: None,
            live_since: None,
            silence,
        }
    }

    /// Counts a packet of so many bytes.
    pub(super) fn add(&mut self, bytes: usize, now: Instant) {
        if !self.is_live(now) {
            self.live_since = Some(now);
        }
        self.last = self.last.max(Some(now));
        self.advance(now);
        // No sum of a few seconds comes near the largest number.
        self.buckets[self.newest] += u64::try_from(bytes).unwrap_or(0);
    }

    /// The bits per second over the last second.
    pub(super) fn mean(&self, now: Instant) -> f64 {
        let Some((behind, part)) = self.position(now) else {
            return 0.0;
        };
        // The newest bucket is not full yet: the oldest of the second counts for what it lacks.
        let full = (0..SECOND).map(|age| self.bytes(age, behind)).sum::<u64>();
        8.0 * (full as f64 + self.bytes(SECOND, behind) as f64 * (1.0 - part))
    }

    /// The most bits in a second of the last five seconds, in bits per second.
    pub(super) fn peak(&self, now: Instant) -> f64 {
        let Some((behind, _)) = self.position(now) else {
            return 0.0;
        };
        // Seconds of whole buckets, besides the second up to now.
        let mut second: u64 = (1..=SECOND).map(|age| self.bytes(age, behind)).sum();
        let mut most = second;
        for age in SECOND + 1..5 * SECOND {
            second += self.bytes(age, behind);
            second -= self.bytes(age - SECOND, behind);
            most = most.max(second);
        }
        (8.0 * most as f64).max(self.mean(now))
    }

    /// Whether a packet came lately.
    pub(super) fn is_live(&self, now: Instant) -> bool {
        self.last
            .is_some_and(|last| now.saturating_duration_since(last) < self.silence)
    }

    /// Whether it has been live long enough for [`LayerMeter::cost`] to mean something; until then the nominal rate of the
    /// layer is the better guess where it is higher.
    pub(super) fn is_settled(&self, now: Instant) -> bool {
        let is_long_enough = |since| now.saturating_duration_since(since) >= SETTLED;
        self.is_live(now) && self.live_since.is_some_and(is_long_enough)
    }

    /// What forwarding the layer has to be reckoned with, in bits per second.
    pub(super) fn cost(&self, now: Instant) -> f64 {
        self.mean(now).max(WEIGHT_OF_THE_PEAK * self.peak(now)) * OVERHEAD
    }

    /// So many buckets began since the newest one, and this part of the last of them is over.
    fn position(&self, now: Instant) -> Option<(usize, f64)> {
        let since = now.saturating_duration_since(self.began?);
        let (passed, bucket) = (since.as_nanos(), BUCKET.as_nanos());
        let buckets = usize::try_from(passed / bucket).unwrap_or(usize::MAX);
        Some((buckets, (passed % bucket) as f64 / bucket as f64))
    }

    /// The bytes of the bucket that is so old, 0 being the one of now, where `behind` began since the newest one.
    fn bytes(&self, age: usize, behind: usize) -> u64 {
        match age.checked_sub(behind) {
            Some(back) if back < BUCKETS => self.buckets[(self.newest + BUCKETS - back) % BUCKETS],
            _ => 0,
        }
    }

    fn advance(&mut self, now: Instant) {
        let Some((behind, _)) = self.position(now) else {
            self.began = Some(now);
            return;
        };
        for _ in 0..behind.min(BUCKETS) {
            self.newest = (self.newest + 1) % BUCKETS;
            self.buckets[self.newest] = 0;
        }
        match u32::try_from(behind) {
            Ok(steps) if behind < BUCKETS => self.began = self.began.map(|it| it + BUCKET * steps),
            _ => self.began = Some(now),
        }
    }
}

#[cfg(test)]
#[path = "tests/layer_meter.rs"]
mod tests;
