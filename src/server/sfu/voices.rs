//! Whose voices of a room are forwarded: everybody's while they are few, otherwise the loudest.
//!
//! Invariant: of at most [`EVERYONE`] unmuted people all are forwarded, of more at most [`PLACES`]; nobody who is muted or gone
//! ever is. Beyond [`EVERYONE`], a place that somebody took by their voice is theirs for [`KEPT`] at least.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Up to so many unmuted people, everybody is forwarded.
const EVERYONE: usize = 6;

/// Of more people so many are forwarded.
const PLACES: usize = 4;

/// Above this a level is a voice, in dBov.
const VOICE: f64 = -50.0;

/// The level of a voice whose packets do not tell it (RFC 6464), in dBov.
const UNTOLD: f64 = -40.0;

/// Levels below count as this, in dBov: from digital silence a mean over [`SMOOTHING`] would rise too late.
const FLOOR: f64 = -70.0;

/// The time constant over which levels are averaged.
const SMOOTHING: Duration = Duration::from_millis(100);

/// Somebody has to be this much louder than the quietest to take their place, in dB.
const LOUDER: f64 = 6.0;

/// And has to be it for this long.
const LOUDER_FOR: Duration = Duration::from_millis(200);

/// For this long a place stays with who took it, and who had it is not taken for quiet after the last sound.
const KEPT: Duration = Duration::from_millis(1_500);

/// The voices of one room.
#[derive(Clone, Debug)]
pub(super) struct Voices<P> {
    /// Everybody who is unmuted.
    speakers: BTreeMap<P, Speaker>,
    /// Who is forwarded; a place changes hands where it is, so that the others keep theirs.
    places: Vec<P>,
}

/// What is known of somebody who is unmuted.
#[derive(Clone, Copy, Debug, Default)]
struct Speaker {
    /// The averaged level in dBov, and when it was; `None` before the first packet.
    level: Option<(f64, Instant)>,
    /// The loudest averaged levels in dBov: since then, and in the [`KEPT`] before.
    loudest: Option<(Instant, f64, f64)>,
    /// When their averaged level was last that of a voice.
    sounded: Option<Instant>,
    /// When they took their place by their voice.
    placed: Option<Instant>,
    /// Since when they have been loud enough to take the place of the quietest.
    louder_since: Option<Instant>,
}

impl<P> Default for Voices<P> {
    fn default() -> Self {
        Self {
            speakers: BTreeMap::new(),
            places: vec![],
        }
    }
}

impl<P: Copy + Eq + Ord> Voices<P> {
    /// A packet of somebody's voice came; with its level in dBov, -127 to 0, if it told one. Nothing is known of people who
    /// have not been said to be unmuted: their packets do not count.
    pub(super) fn heard(&mut self, person: P, level: Option<i8>, now: Instant) {
        let Some(speaker) = self.speakers.get_mut(&person) else {
            return;
        };
        speaker.hear(level.map_or(UNTOLD, f64::from), now);
        if self.speakers.len() > EVERYONE && !self.places.contains(&person) {
            self.contest(person, now);
        }
    }

    /// Somebody muted or unmuted themselves, or came; whoever comes is unknown before.
    pub(super) fn set_muted(&mut self, person: P, is_muted: bool) {
        if is_muted {
            self.leave(person);
        } else {
            self.speakers.entry(person).or_default();
            self.seat();
        }
    }

    /// Somebody is gone.
    pub(super) fn leave(&mut self, person: P) {
        self.speakers.remove(&person);
        self.places.retain(|placed| *placed != person);
        self.seat();
    }

    /// Who is forwarded; somebody who stays among them stays in their order.
    pub(super) fn forwarded(&self) -> &[P] {
        &self.places
    }

    /// Whether somebody is forwarded.
    pub(super) fn is_forwarded(&self, person: P) -> bool {
        self.places.contains(&person)
    }

    /// After somebody came or went: gives everybody a place if they are few, otherwise takes the places that are too many
    /// from whoever has been quiet for longest.
    fn seat(&mut self) {
        if self.speakers.len() <= EVERYONE {
            for person in self.speakers.keys() {
                if !self.places.contains(person) {
                    self.places.push(*person);
                }
            }
            return;
        }
        while self.places.len() > PLACES {
            let sounded = |person: &P| self.speakers.get(person).and_then(|one| one.sounded);
            let quiet = (0..self.places.len()).min_by_key(|&place| sounded(&self.places[place]));
            match quiet {
                Some(place) => self.places.remove(place),
                None => break,
            };
        }
    }

    /// Gives somebody without a place one if their voice is due it.
    fn contest(&mut self, person: P, now: Instant) {
        let Some(mut speaker) = self.speakers.get(&person).copied() else {
            return;
        };
        if speaker.level.is_none_or(|(level, _)| level <= VOICE) {
            speaker.louder_since = None;
        } else if self.places.len() < PLACES {
            speaker.take_place(now);
            self.places.push(person);
        } else if let Some((place, quietest)) = self.quietest(now) {
            let is_louder = speaker
                .level
                .is_some_and(|(level, _)| level >= quietest.loudness(now) + LOUDER);
            let since = *speaker.louder_since.get_or_insert(now);
            if !is_louder {
                speaker.louder_since = None;
            }
            let is_due = is_louder && now.saturating_duration_since(since) >= LOUDER_FOR;
            if is_due || quietest.is_silent(now) {
                speaker.take_place(now);
                self.places[place] = person;
            }
        }
        self.speakers.insert(person, speaker);
    }

    /// The quietest of those whose place may be taken.
    fn quietest(&self, now: Instant) -> Option<(usize, Speaker)> {
        let places = self.places.iter().enumerate();
        let known = places.filter_map(|(place, person)| Some((place, *self.speakers.get(person)?)));
        known
            .filter(|(_, speaker)| !speaker.is_new_in_place(now))
            .min_by(|(_, one), (_, other)| {
                let silent = other.is_silent(now).cmp(&one.is_silent(now));
                silent.then(one.loudness(now).total_cmp(&other.loudness(now)))
            })
    }
}

impl Speaker {
    fn hear(&mut self, level: f64, now: Instant) {
        let level = level.max(FLOOR);
        let (before, at) = self.level.unwrap_or((FLOOR, now));
        // The first packet, and several at the same time, weigh as much as one of the usual 20 ms.
        let passed = now.saturating_duration_since(at);
        let passed = passed.max(Duration::from_millis(20));
        let weight = 1.0 - (-passed.as_secs_f64() / SMOOTHING.as_secs_f64()).exp();
        let mean = before + (level - before) * weight;
        self.level = Some((mean, now));
        if mean > VOICE {
            self.sounded = Some(now);
        }
        let (began, newer, older) = self.loudest.unwrap_or((now, mean, FLOOR));
        self.loudest = Some(match now.saturating_duration_since(began) {
            passed if passed < KEPT => (began, newer.max(mean), older),
            passed if passed < 2 * KEPT => (now, mean, newer),
            _ => (now, mean, FLOOR),
        });
    }

    /// How loud they are to whoever would take their place, in dBov: pauses between words do not count.
    fn loudness(&self, now: Instant) -> f64 {
        let Some((began, newer, older)) = self.loudest else {
            return FLOOR;
        };
        match now.saturating_duration_since(began) {
            passed if passed < KEPT => newer.max(older),
            passed if passed < 2 * KEPT => newer,
            _ => FLOOR,
        }
    }

    fn is_silent(&self, now: Instant) -> bool {
        let is_long_ago = |at| now.saturating_duration_since(at) >= KEPT;
        self.sounded.is_none_or(is_long_ago)
    }

    fn is_new_in_place(&self, now: Instant) -> bool {
        self.placed
            .is_some_and(|placed| now.saturating_duration_since(placed) < KEPT)
    }

    fn take_place(&mut self, now: Instant) {
        self.placed = Some(now);
        self.louder_since = None;
    }
}

#[cfg(test)]
#[path = "tests/voices.rs"]
mod tests;
