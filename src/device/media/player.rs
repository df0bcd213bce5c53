//! Plays a source: each frame goes out when it is due.
//!
//! Invariant: the times of what is played never go back, also where a file begins again or frames are left out. A device that does
//! not take frames in time holds the player up, and nothing piles up.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::frame::MediaFrame;
use super::problem::MediaFileError;
use super::source::{Frames, MediaSource};
use crate::room::DeviceKind;

/// At most so many frames wait to be sent.
const WAITING: usize = 16;

/// A frame that says no time of its own behind another comes so long after it.
const USUAL_GAP: Duration = Duration::from_millis(20);

/// What a player reports.
#[derive(Debug)]
pub(crate) enum Played {
    /// A frame is due.
    Frame(MediaFrame),
    /// The source has ended, and does not begin again.
    Ended,
    /// The source is broken.
    Broken(MediaFileError),
}

/// A source that is played by a thread of its own. Dropping it ends the playing.
pub(crate) struct Player {
    /// It plays pictures or sound.
    pub(crate) kind: DeviceKind,
    /// What is played arrives here.
    pub(crate) played: mpsc::Receiver<Played>,
    /// Somebody needs a picture that can be decoded without those before it.
    key_frame_wanted: Arc<AtomicBool>,
}

impl Player {
    /// Begins to play.
    ///
    /// # Errors
    /// When no thread can be started.
    pub(crate) fn start(source: MediaSource, kind: DeviceKind) -> io::Result<Self> {
        let (sender, played) = mpsc::channel(WAITING);
        let key_frame_wanted = Arc::new(AtomicBool::new(false));
        let wanted = Arc::clone(&key_frame_wanted);
        std::thread::Builder::new()
            .name("player".to_owned())
            .spawn(move || {
                let last = match play(&source, kind, &wanted, &sender) {
                    Ok(()) => Played::Ended,
                    Err(error) => Played::Broken(error),
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
    let started = Instant::now();
    loop {
        let mut frames = Frames::open(source, kind)?;
        timeline.begin_again();
        while let Some(frame) = frames.next_frame()? {
            // What another program makes cannot be wound on.
            if *source != MediaSource::StandardInput && key_frame_wanted.load(Ordering::Relaxed) {
                if !frame.is_vp8_key_frame() {
                    timeline.leave_out(&frame);
                    continue;
                }
                key_frame_wanted.store(false, Ordering::Relaxed);
            }
            let frame = timeline.place(frame);
            let due = frame.at.saturating_sub(started.elapsed());
            // What comes from another program comes when it comes.
            if *source != MediaSource::StandardInput && !due.is_zero() {
                std::thread::sleep(due);
            }
            if sink.blocking_send(Played::Frame(frame)).is_err() {
                return Ok(());
            }
        }
        if *source == MediaSource::StandardInput {
            return Ok(());
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
    fn a_file_whose_times_go_back_does_not_take_what_is_played_back() {
        let mut timeline = Timeline::default();
        timeline.begin_again();
        let times = [0, 80, 40, 120].map(|ms| timeline.place(frame(ms)).at.as_millis());
        assert!(times.is_sorted(), "{times:?}");
    }
}
