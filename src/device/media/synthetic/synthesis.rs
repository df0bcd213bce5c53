//! Plays what is made up: each frame is made when it is due.
//!
//! Invariant: nothing piles up. What was not made in time is not made at all, and counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::time::sleep_until;

use super::opus;
use super::stamp::{STAMP_BYTES, StampClock};
use super::vp8::{FRAMES_PER_SECOND, PictureFormat, Pictures};
use crate::device::media::frame::MediaFrame;
use crate::device::media::played::Played;

/// A frame may be made so much too late.
const LATEST: Duration = Duration::from_millis(100);

/// What is made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Synthetic {
    /// Pictures of this format.
    Pictures(PictureFormat),
    /// A voice.
    Voice,
}

/// So many frames were not made because nobody took those before in time.
#[derive(Clone, Debug, Default)]
pub(crate) struct LeftOut(Arc<AtomicU64>);

impl LeftOut {
    /// So many so far.
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl PartialEq for LeftOut {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for LeftOut {}

/// What is to be made up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Synthesis {
    /// It is this.
    pub(crate) what: Synthetic,
    /// It bears the times of this clock.
    pub(crate) clock: StampClock,
    /// What is not made in time is counted here.
    pub(crate) left_out: LeftOut,
}

/// Makes one frame after the other.
enum Maker {
    Pictures(Pictures),
    Voice(u64),
}

impl Maker {
    fn next(&mut self, key_frame_wanted: &AtomicBool, stamp: [u8; STAMP_BYTES]) -> Vec<u8> {
        match self {
            Self::Pictures(pictures) => {
                let is_wanted = key_frame_wanted.swap(false, Ordering::Relaxed);
                pictures.next(is_wanted, stamp)
            }
            Self::Voice(number) => {
                *number += 1;
                opus::packet(*number - 1, stamp)
            }
        }
    }
}

impl Synthesis {
    /// Plays until nobody takes it any more.
    pub(crate) async fn play(self, key_frame_wanted: Arc<AtomicBool>, sink: mpsc::Sender<Played>) {
        let (mut maker, each_second) = match self.what {
            Synthetic::Pictures(format) => {
                (Maker::Pictures(Pictures::new(format)), FRAMES_PER_SECOND)
            }
            Synthetic::Voice => (Maker::Voice(0), opus::PACKETS_PER_SECOND),
        };
        let began = Instant::now();
        let mut number = 0;
        loop {
            let missed = missed(number, each_second, began.elapsed());
            self.left_out.0.fetch_add(missed, Ordering::Relaxed);
            number += missed;
            let at = due(number, each_second);
            sleep_until((began + at).into()).await;
            let data = maker.next(&key_frame_wanted, self.clock.stamp(Instant::now()));
            let data = data.into();
            if sink
                .send(Played::Frame(MediaFrame { at, data }))
                .await
                .is_err()
            {
                return;
            }
            number += 1;
        }
    }
}

/// The frame with this number is due so long after the beginning.
fn due(number: u64, each_second: u32) -> Duration {
    Duration::from_nanos(number.saturating_mul(1_000_000_000) / u64::from(each_second))
}

/// How many frames, beginning with this one, it is too late for.
fn missed(number: u64, each_second: u32, elapsed: Duration) -> u64 {
    let late = elapsed.saturating_sub(due(number, each_second));
    if late <= LATEST {
        return 0;
    }
    let frames = late.as_nanos() * u128::from(each_second) / 1_000_000_000;
    u64::try_from(frames).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_due_one_after_the_other_without_drift() {
        assert_eq!(due(0, 30), Duration::ZERO);
        assert_eq!(due(3, 30), Duration::from_millis(100));
        assert_eq!(due(30 * 3_600, 30), Duration::from_secs(3_600));
    }

    #[test]
    fn what_is_a_little_late_is_made_and_what_is_very_late_is_left_out() {
        assert_eq!(missed(50, 50, Duration::from_millis(1_100)), 0);
        assert_eq!(missed(50, 50, Duration::from_millis(1_400)), 20);
        assert_eq!(missed(50, 50, Duration::ZERO), 0, "it is not due yet");
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_frame_is_made_when_it_is_wanted_and_the_end_is_noticed() {
        let left_out = LeftOut::default();
        let synthesis = Synthesis {
            what: Synthetic::Pictures(PictureFormat::Small),
            clock: StampClock::new(1, Instant::now()),
            left_out: left_out.clone(),
        };
        let wanted = Arc::new(AtomicBool::new(false));
        let (sink, mut played) = mpsc::channel(1);
        let playing = tokio::spawn(synthesis.play(Arc::clone(&wanted), sink));
        let mut keys = vec![];
        for number in 0..10 {
            if number == 5 {
                wanted.store(true, Ordering::Relaxed);
            }
            let Some(Played::Frame(frame)) = played.recv().await else {
                panic!("it plays on");
            };
            keys.extend(frame.is_vp8_key_frame().then_some(number));
        }
        // One waits already when another is wanted.
        assert_eq!(keys[0], 0);
        assert!(keys.len() == 2 && (5..=7).contains(&keys[1]), "{keys:?}");
        drop(played);
        playing.await.unwrap();
        assert_eq!(left_out.count(), 0);
    }
}
