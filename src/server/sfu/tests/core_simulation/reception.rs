//! What comes over one slot, what has to be true of it, and what a decoder makes of it.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::time::{Duration, Instant};

use super::marks::{Mark, Picture};

/// A decoder waits so long for what is missing, and then for a picture that can be decoded alone.
const PATIENCE: Duration = Duration::from_millis(600);

/// Such a picture is asked for so often.
const ASKED_EVERY: Duration = Duration::from_millis(500);

/// A packet that came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Came {
    pub(super) timestamp: u32,
    pub(super) marker: bool,
    pub(super) mark: Mark,
    pub(super) picture: Option<Picture>,
}

/// A slot.
#[derive(Default)]
pub(super) struct Reception {
    packets: BTreeMap<u64, Came>,
    /// The decoder takes this one next.
    next: Option<u64>,
    /// Something is missing since then.
    missing: Option<Instant>,
    /// The decoder has what comes before.
    is_whole: bool,
    asked: Option<Instant>,
    /// Whose frame was decoded last, and when.
    pub(super) decoded: Option<(u8, Instant)>,
}

/// Whether a timestamp is that one or later (RFC 3550).
pub(super) fn is_since(timestamp: u32, from: u32) -> bool {
    timestamp.wrapping_sub(from) < 1 << 31
}

impl Reception {
    /// Takes a packet; stops the story if it does not go with the others.
    pub(super) fn enter(&mut self, sequence: u64, came: Came) {
        if let Some(before) = self.packets.get(&sequence) {
            assert_eq!(before.mark, came.mark, "another under number {sequence}");
            return;
        }
        let after = (Bound::Excluded(sequence), Bound::Unbounded);
        let before = self.packets.range(..sequence).next_back();
        let after = self.packets.range(after).next();
        if let Some((number, before)) = before {
            check(before, &came, sequence - number);
        }
        if let Some((number, after)) = after {
            check(&came, after, number - sequence);
        }
        self.packets.insert(sequence, came);
        self.next.get_or_insert(sequence);
    }

    /// All that came from this timestamp on.
    pub(super) fn since(&self, from: u32) -> impl Iterator<Item = &Came> {
        let all = self.packets.values().rev();
        all.take_while(move |came| is_since(came.timestamp, from))
    }

    /// Everybody whose it was.
    pub(super) fn all(&self) -> impl Iterator<Item = &Came> {
        self.packets.values()
    }

    /// The numbers that are missing among what was sent from this moment of the story on.
    pub(super) fn gaps(&self, sent: u32) -> Vec<u64> {
        let late = self.packets.iter().filter(|(_, it)| it.mark.sent >= sent);
        let numbers: Vec<u64> = late.map(|(number, _)| *number).collect();
        let pairs = numbers.windows(2);
        pairs.flat_map(|pair| pair[0] + 1..pair[1]).collect()
    }

    /// Decodes what can be decoded; says whether a picture that can be decoded alone is to be asked for.
    pub(super) fn decode(&mut self, now: Instant) -> bool {
        while let Some(next) = self.next {
            if let Some(came) = self.packets.get(&next).copied() {
                self.missing = None;
                self.next = Some(next + 1);
                self.take(&came, now);
                continue;
            }
            let Some((_, last)) = self.packets.range(next..).next_back() else {
                self.missing = None;
                break;
            };
            let since = *self.missing.get_or_insert(now);
            // A voice is not asked for again.
            let is_sound = last.picture.is_none();
            if now < since + PATIENCE && !is_sound {
                break;
            }
            self.is_whole = false;
            let is_key = |came: &Came| came.picture.is_none_or(|picture| picture.is_key);
            let keys = self.packets.range(next..).find(|(_, came)| is_key(came));
            let last = self.packets.last_key_value().map(|(number, _)| number + 1);
            self.next = keys.map(|(number, _)| *number).or(last);
        }
        let last = self.packets.values().next_back();
        let is_picture = last.is_some_and(|came| came.picture.is_some());
        let is_lost = is_picture && !self.is_whole;
        let is_due = self.asked.is_none_or(|asked| asked + ASKED_EVERY <= now);
        if is_lost && is_due {
            self.asked = Some(now);
        }
        is_lost && is_due
    }

    fn take(&mut self, came: &Came, now: Instant) {
        match came.picture {
            None => self.is_whole = true,
            Some(picture) => self.is_whole |= picture.is_key,
        }
        if self.is_whole && (came.marker || came.picture.is_none()) {
            self.decoded = Some((came.mark.whose, now));
        }
    }
}

/// One packet after the other on one slot, whose numbers are so far apart.
fn check(before: &Came, after: &Came, apart: u64) {
    let both = || format!("{apart} apart:\n{before:?}\n{after:?}");
    let passed = after.timestamp.wrapping_sub(before.timestamp);
    let (Some(earlier), Some(later)) = (before.picture, after.picture) else {
        // Sound changes hands without a word, and its time goes on.
        assert!((1..60 * 48_000).contains(&passed), "{}", both());
        return;
    };
    let source = |came: &Came| (came.mark.whose, came.mark.connection, came.mark.layer);
    if passed == 0 {
        let parts = u64::from(after.mark.part.wrapping_sub(before.mark.part));
        assert!(!before.marker && !later.starts, "{}", both());
        assert_eq!(
            (later.id, later.tl0),
            (earlier.id, earlier.tl0),
            "{}",
            both()
        );
        assert_eq!(source(after), source(before), "{}", both());
        assert_eq!(
            (after.mark.frame, parts),
            (before.mark.frame, apart),
            "{}",
            both()
        );
        return;
    }
    assert!(passed < 60 * 90_000, "{}", both());
    let frames = u64::from(later.id.wrapping_sub(earlier.id) & 0x7fff);
    assert!(
        (1..=apart).contains(&frames),
        "{frames} frames on: {}",
        both()
    );
    let lowest = u64::from(later.tl0.wrapping_sub(earlier.tl0));
    assert_eq!(lowest, frames % 256, "{}", both());
    if apart > 1 {
        return;
    }
    // What is cut to may come before the rest of a frame that was late.
    let is_whole = before.marker || later.is_key;
    assert!(is_whole && later.starts, "half a frame: {}", both());
    let goes_on = source(before) == source(after) && after.mark.frame == before.mark.frame + 1;
    assert!(
        goes_on || later.is_key,
        "nobody can decode that: {}",
        both()
    );
}
