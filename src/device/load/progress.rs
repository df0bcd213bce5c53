//! What is said while it goes on, on standard error: a line that stays in its place on a terminal, and one every few seconds elsewhere.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use super::roll::Presence;
use crate::device::measures::tally::Tally;

/// How far it is.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    /// So much time has passed.
    pub(crate) passed: Duration,
    /// It lasts so long in all.
    pub(crate) whole: Duration,
    /// So many are to be there.
    pub(crate) seats: u32,
    /// So many are, and this reaches them.
    pub(crate) presence: Presence,
    /// So many did not come in, or were lost.
    pub(crate) lost: u64,
}

/// Where it is said.
pub(crate) struct Display {
    is_terminal: bool,
    /// So many frames had arrived when it was said last, and then.
    last: (u64, Duration),
}

impl Display {
    /// On standard error.
    pub(crate) fn new() -> Self {
        Self {
            is_terminal: io::stderr().is_terminal(),
            last: (0, Duration::ZERO),
        }
    }

    /// It is said so often.
    pub(crate) fn interval(&self) -> Duration {
        Duration::from_secs(if self.is_terminal { 1 } else { 5 })
    }

    /// Says how far it is.
    pub(crate) fn show(&mut self, progress: &Progress, tally: &Tally) {
        let frames = tally.pictures.frames + tally.sound.frames;
        let (before, then) = self.last;
        let seconds = progress.passed.saturating_sub(then).as_secs_f64();
        let rate = frames.saturating_sub(before) as f64 / seconds.max(0.001);
        self.last = (frames, progress.passed);
        let line = line(progress, tally, rate);
        // There is nobody to tell when nobody listens.
        let _ = if self.is_terminal {
            write!(io::stderr(), "{}", in_its_place(&line))
        } else {
            writeln!(io::stderr(), "{line}")
        };
    }

    /// Makes way for what is said in the end.
    pub(crate) fn clear(&self) {
        if self.is_terminal {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

/// A line that takes the place of the one before. A terminal that is narrower shows its beginning: a line that went on below would be
/// left there by the next (DECAWM, which is on again behind it).
fn in_its_place(line: &str) -> String {
    format!("\r\x1b[K\x1b[?7l{line}\x1b[?7h")
}

/// How far it is, in one line.
fn line(progress: &Progress, tally: &Tally, frames_per_second: f64) -> String {
    let Progress {
        passed,
        whole,
        seats,
        presence,
        lost,
    } = progress;
    let mut line = format!(
        "{} of {} s · {} of {seats} people",
        passed.as_secs(),
        whole.as_secs_f64().ceil(),
        presence.inside
    );
    if *lost > 0 {
        line.push_str(&format!(" ({lost} lost)"));
    }
    if presence.cut_off > 0 {
        line.push_str(&format!(", {} without the server", presence.cut_off));
    }
    if presence.expected > 0 {
        line.push_str(&format!(
            " · {} of {} tracks",
            presence.got, presence.expected
        ));
    }
    if frames_per_second > 0.0 {
        line.push_str(&format!(" · {frames_per_second:.0} frames/s"));
    }
    for (name, delays) in [
        ("pictures", &tally.pictures.delays),
        ("sound", &tally.sound.delays),
        ("messages", &tally.message_delays),
    ] {
        if let Some(delay) = delays.quantile(0.95) {
            let ms = delay.as_secs_f64() * 1e3;
            line.push_str(&format!(" · {name} p95 {ms:.1} ms"));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_goes_on_as_it_was_behind_a_line() {
        let shown = in_its_place("3 of 13 s");
        let (before, after) = shown.split_once("3 of 13 s").unwrap();
        assert_eq!(before.matches("\x1b[?7l").count(), 1);
        assert!(before.starts_with('\r') && after.ends_with("\x1b[?7h"));
    }

    #[test]
    fn a_line_says_what_there_is() {
        let mut progress = Progress {
            passed: Duration::from_millis(3_900),
            whole: Duration::from_millis(12_100),
            seats: 40,
            presence: Presence {
                inside: 12,
                cut_off: 0,
                expected: 0,
                got: 0,
            },
            lost: 0,
        };
        let mut tally = Tally::default();
        assert_eq!(line(&progress, &tally, 0.0), "3 of 13 s · 12 of 40 people");
        progress.presence.expected = 24;
        progress.presence.got = 23;
        progress.presence.cut_off = 3;
        progress.lost = 2;
        tally.sound.delays.add(Duration::from_millis(4));
        assert_eq!(
            line(&progress, &tally, 1_499.6),
            "3 of 13 s · 12 of 40 people (2 lost), 3 without the server · 23 of 24 tracks · 1500 frames/s · sound p95 4.0 ms"
        );
    }
}
