//! Plays a source: each frame goes out when it is due.
//!
//! Invariant: the times of what is played never go back, also where a file begins again or frames are left out. A device that does
//! not take frames in time holds the player up, and nothing piles up; time that was lost so, or while the machine slept, is not
//! made up for. However often a picture is asked for that can be decoded alone, a file is wound on to one only now and then.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::frame::MediaFrame;
use super::played::Played;
use super::problem::MediaFileError;
use super::source::{Frames, MediaSource};
use crate::room::DeviceKind;

/// At most so many frames wait to be sent.
const WAITING: usize = 16;

/// A frame that says no time of its own behind another comes so long after it.
const USUAL_GAP: Duration = Duration::from_millis(20);

/// What is later than this goes out later from then on, instead of all that was missed at once.
const MOST_LATE: Duration = Duration::from_millis(500);

/// A file is wound on only this long after a picture that can be decoded alone.
const KEY_FRAMES_APART: Duration = Duration::from_secs(2);

/// What was read before a source broke has so long to go out.
const LAST_PICTURES: Duration = Duration::from_secs(1);

/// A player looks so often whether anybody still listens, while it waits.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// A source that is played: a file by a thread of its own, what is made up by a task. Dropping it ends the playing.
pub(crate) struct Player {
    /// It plays pictures or sound.
    pub(crate) kind: DeviceKind,
    /// What is played arrives here.
    pub(crate) played: mpsc::Receiver<Played>,
    /// Somebody needs a picture that can be decoded without those before it.
    key_frame_wanted: Arc<AtomicBool>,
}

impl Player {
    /// Begins to play. What is made up needs a runtime.
    ///
    /// # Errors
    /// When no thread can be started.
    pub(crate) fn start(source: MediaSource, kind: DeviceKind) -> io::Result<Self> {
        let (sender, played) = mpsc::channel(WAITING);
        let key_frame_wanted = Arc::new(AtomicBool::new(false));
        let wanted = Arc::clone(&key_frame_wanted);
        if let MediaSource::Synthetic(synthesis) = source {
            tokio::spawn(synthesis.play(wanted, sender));
            return Ok(Self {
                kind,
                played,
                key_frame_wanted,
            });
        }
        std::thread::Builder::new()
            .name("player".to_owned())
            .spawn(move || {
                let last = match play(&source, kind, &wanted, &sender) {
                    Ok(()) => Played::Ended,
                    Err(error) => {
                        // A device leaves because of it, and pictures go out spread over time.
                        sleep(LAST_PICTURES, &sender);
                        Played::Broken(error)
                    }
                };
                let _ = sender.blocking_send(last);
            })?;
        Ok(Self {
            kind,
            played,
            key_frame_wanted,
        })
    }

    /// Goes on with the next picture that can be decoded without those before it.
    pub(crate) fn want_key_frame(&self) {
        self.key_frame_wanted.store(true, Ordering::Relaxed);
    }
}

fn play(
    source: &MediaSource,
    kind: DeviceKind,
    key_frame_wanted: &AtomicBool,
    sink: &mpsc::Sender<Played>,
) -> Result<(), MediaFileError> {
    let mut timeline = Timeline::default();
    let mut pace = Pace::default();
    let mut winding = Winding::default();
    let is_file = *source != MediaSource::StandardInput;
    let started = Instant::now();
    loop {
        let mut frames = Frames::open(source, kind)?;
        timeline.begin_again();
        let mut is_empty = true;
        while let Some(frame) = frames.next_frame()? {
            is_empty = false;
            // What another program makes cannot be wound on, and comes when it comes.
            if is_file && winding.skips(&frame, timeline.played, key_frame_wanted) {
                timeline.leave_out(&frame);
                continue;
            }
            let frame = timeline.place(frame);
            winding.play(&frame, key_frame_wanted);
            if is_file && !sleep(pace.wait(frame.at, started.elapsed()), sink) {
                return Ok(());
            }
            if sink.blocking_send(Played::Frame(frame)).is_err() {
                return Ok(());
            }
        }
        if !is_file {
            return Ok(());
        }
        // Somebody else may have written the file anew.
        if is_empty {
            return Err(MediaFileError::Empty);
        }
        winding.end_round(key_frame_wanted);
    }
}

/// Sleeps; says whether anybody still listens.
fn sleep(mut wait: Duration, sink: &mpsc::Sender<Played>) -> bool {
    while !wait.is_zero() {
        if sink.is_closed() {
            return false;
        }
        let some = wait.min(LONGEST_SLEEP);
        std::thread::sleep(some);
        wait -= some;
    }
    true
}

/// How long a frame waits.
#[derive(Debug, Default)]
struct Pace {
    /// Everything goes out so much later than its time says.
    behind: Duration,
}

impl Pace {
    /// How long a frame of this time waits, so long after the beginning.
    fn wait(&mut self, at: Duration, elapsed: Duration) -> Duration {
        let due = at.saturating_add(self.behind);
        let late = elapsed.saturating_sub(due);
        if late > MOST_LATE {
            self.behind += late;
        }
        due.saturating_sub(elapsed)
    }
}

/// Winds a file on to the next picture that can be decoded alone, when somebody asks for one.
#[derive(Debug, Default)]
struct Winding {
    /// The last such picture was played then.
    key_frame: Option<Duration>,
    /// Something was played in this round.
    plays: bool,
}

impl Winding {
    /// Whether this frame is left out; the last was played at `played`.
    fn skips(&self, frame: &MediaFrame, played: Option<Duration>, wanted: &AtomicBool) -> bool {
        let is_time = match (self.key_frame, played) {
            (Some(key_frame), Some(played)) => played >= key_frame + KEY_FRAMES_APART,
            _ => true,
        };
        is_time && wanted.load(Ordering::Relaxed) && !frame.is_vp8_key_frame()
    }

    fn play(&mut self, frame: &MediaFrame, wanted: &AtomicBool) {
        self.plays = true;
        if frame.is_vp8_key_frame() {
            self.key_frame = Some(frame.at);
            wanted.store(false, Ordering::Relaxed);
        }
    }

    /// The file has ended. One that was left out from its beginning to its end has no such picture: it is played as it is.
    fn end_round(&mut self, wanted: &AtomicBool) {
        if !std::mem::replace(&mut self.plays, false) {
            wanted.store(false, Ordering::Relaxed);
        }
    }
}

/// Puts the frames of one round after another, and without gaps where some are left out.
#[derive(Debug, Default)]
struct Timeline {
    /// The next frame is played at its own time and this.
    offset: Duration,
    /// It is played so much sooner than that, for frames that were left out.
    left_out: Duration,
    /// The last frame had this time of its own; `None` at the beginning of a round.
    last: Option<Duration>,
    /// The last frame is played then; `None` before the first.
    played: Option<Duration>,
    /// Two frames were so far apart.
    gap: Option<Duration>,
}

impl Timeline {
    fn begin_again(&mut self) {
        self.last = None;
        self.left_out = Duration::ZERO;
        if let Some(played) = self.played {
            self.offset = played + self.gap.unwrap_or(USUAL_GAP);
        }
    }

    /// Gives a frame its time among all that are played.
    fn place(&mut self, mut frame: MediaFrame) -> MediaFrame {
        self.step(&frame);
        let earliest = self.played.unwrap_or_default();
        let at = (self.offset + frame.at).saturating_sub(self.left_out);
        let at = at.max(earliest);
        self.played = Some(at);
        frame.at = at;
        frame
    }

    /// A frame is not played: those behind it come as much sooner.
    fn leave_out(&mut self, frame: &MediaFrame) {
        let gap = self.step(frame);
        self.left_out += gap;
    }

    /// Takes note of a frame's own time; says how far it is from the one before.
    fn step(&mut self, frame: &MediaFrame) -> Duration {
        let gap = self.last.map(|last| frame.at.saturating_sub(last));
        self.last = Some(frame.at);
        if let Some(gap) = gap.filter(|gap| !gap.is_zero()) {
            self.gap = Some(gap);
        }
        gap.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(ms: u64) -> MediaFrame {
        MediaFrame {
            at: Duration::from_millis(ms),
            data: Arc::from([]),
        }
    }

    #[test]
    fn a_file_that_begins_again_goes_on_in_time() {
        let mut timeline = Timeline::default();
        let mut times = Vec::new();
        for _ in 0..2 {
            timeline.begin_again();
            times.extend([0, 40, 80].map(|ms| timeline.place(frame(ms)).at.as_millis()));
        }
        assert_eq!(times, [0, 40, 80, 120, 160, 200]);
    }

    #[test]
    fn what_is_left_out_leaves_no_gap() {
        let mut timeline = Timeline::default();
        timeline.begin_again();
        timeline.place(frame(0));
        timeline.place(frame(40));
        timeline.leave_out(&frame(80));
        timeline.leave_out(&frame(120));
        assert_eq!(timeline.place(frame(160)).at, Duration::from_millis(80));
        assert_eq!(timeline.place(frame(200)).at, Duration::from_millis(120));
    }

    #[test]
    fn time_that_was_lost_is_not_made_up_for() {
        let (ms, mut pace) = (Duration::from_millis, Pace::default());
        assert_eq!(pace.wait(ms(40), ms(0)), ms(40));
        assert_eq!(pace.wait(ms(80), ms(90)), ms(0), "a little is");
        assert_eq!(pace.wait(ms(120), ms(100)), ms(20));
        // The machine slept for ten minutes.
        assert_eq!(pace.wait(ms(160), ms(600_000)), ms(0));
        assert_eq!(pace.wait(ms(200), ms(600_000)), ms(40));
        assert_eq!(pace.wait(ms(240), ms(600_040)), ms(40));
    }

    fn picture(ms: u64, is_key: bool) -> MediaFrame {
        MediaFrame {
            at: Duration::from_millis(ms),
            data: Arc::from([u8::from(!is_key)]),
        }
    }

    #[test]
    fn who_asks_again_and_again_gets_a_picture_now_and_then() {
        let (wanted, mut winding) = (AtomicBool::new(false), Winding::default());
        let mut timeline = Timeline::default();
        timeline.begin_again();
        let (mut all, mut keys, mut end) = (0, 0, 0);
        // Ten minutes at 25 a second, with a key frame every 4 s.
        for number in 0..15_000_u64 {
            wanted.store(true, Ordering::Relaxed);
            let frame = picture(number * 40, number % 100 == 0);
            if winding.skips(&frame, timeline.played, &wanted) {
                timeline.leave_out(&frame);
                continue;
            }
            let frame = timeline.place(frame);
            winding.play(&frame, &wanted);
            all += 1;
            keys += u64::from(frame.is_vp8_key_frame());
            end = frame.at.as_millis() as u64;
        }
        assert!(all > 7_000, "{all} pictures are left of 15,000");
        assert!(keys <= end / 2_000 + 1, "{keys} in {end} ms");
        assert!(keys >= 100, "{keys}");
    }

    #[test]
    fn a_file_without_such_a_picture_is_played_all_the_same() {
        let (wanted, mut winding) = (AtomicBool::new(true), Winding::default());
        let frame = picture(0, false);
        assert!(winding.skips(&frame, None, &wanted));
        winding.end_round(&wanted);
        assert!(!winding.skips(&frame, None, &wanted));
    }

    #[test]
    fn a_file_whose_times_go_back_does_not_take_what_is_played_back() {
        let mut timeline = Timeline::default();
        timeline.begin_again();
        let times = [0, 80, 40, 120].map(|ms| timeline.place(frame(ms)).at.as_millis());
        assert!(times.is_sorted(), "{times:?}");
    }
}
