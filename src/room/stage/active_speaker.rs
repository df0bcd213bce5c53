//! Who has the floor, from everyone's level ten times a second.
//!
//! Invariants: nobody takes over with less than [`TAKEOVER_MS`] of sound clearly above the speaker's, so a cough or a
//! "yes" changes nothing; nobody is replaced within [`TENURE_MS`] of taking over; and silence changes nothing, so the
//! last speaker stays.

#[cfg(test)]
#[path = "tests/active_speaker.rs"]
mod tests;

use crate::protocol::PeerId;
use crate::room::moment::Moment;
use crate::room::ordered::OrderedMap;

/// Somebody must be louder than the speaker this long to take over, in ms.
const TAKEOVER_MS: u64 = 400;
/// So many of the samples in that time must be loud themselves: a cough only echoes in the memory of its level.
const LOUD_SAMPLES: u32 = 3;
/// A speaker keeps the floor this long at least, in ms.
const TENURE_MS: u64 = 1_500;
/// From this level on (`0.0..=1.0`, root mean square) a sound may be a voice.
const VOICE_LEVEL: f32 = 0.05;
/// A challenger must be louder than the speaker by this factor.
const MARGIN: f32 = 1.4;
/// A remembered level falls to half in this time, in ms, which bridges the gaps between syllables.
const HALF_LIFE_MS: f32 = 150.0;
/// A pause in the samples longer than this (a page that slept) starts anew, in ms.
const GAP_MS: u64 = 2_000;

/// One person is heard like this.
#[derive(Clone, Debug, Default, PartialEq)]
struct Voice {
    /// The level is remembered here, in `0.0..=1.0`, and fades, so that the gaps between syllables do not count.
    envelope: f32,
    /// The newest sample had this level, in `0.0..=1.0`.
    level: f32,
    /// They have been louder than the speaker since then; `None` while they are not.
    louder_since: Option<Moment>,
    /// So many samples since then were loud themselves.
    loud_samples: u32,
}

impl Voice {
    fn fall_back(&mut self) {
        self.louder_since = None;
        self.loud_samples = 0;
    }
}

/// Somebody has the floor.
#[derive(Clone, Debug, PartialEq)]
struct Floor {
    /// This person has it.
    speaker: PeerId,
    /// They have had it since then.
    since: Moment,
}

/// Follows everyone's level and names the speaker.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActiveSpeaker {
    /// Each person of the last samples is heard like this.
    voices: OrderedMap<PeerId, Voice>,
    /// Somebody speaks, or did last; `None` before anybody did, and after they left.
    floor: Option<Floor>,
    /// The last samples came then: levels fade with the time since.
    heard: Option<Moment>,
}

impl ActiveSpeaker {
    /// Who speaks, or did last.
    pub fn speaker(&self) -> Option<&PeerId> {
        self.floor.as_ref().map(|floor| &floor.speaker)
    }

    /// Forgets everyone but those who are like this; says whether the speaker was among them.
    pub fn forget_all_but(&mut self, is_kept: impl Fn(&PeerId) -> bool) -> bool {
        self.voices.retain(|peer, _| is_kept(peer));
        let is_gone = |floor: &Floor| !is_kept(&floor.speaker);
        let gone = self.floor.take_if(|floor| is_gone(floor));
        gone.is_some()
    }

    /// Takes the levels of everyone else in the room; whoever is missing has left. What is not a number is silence.
    pub fn hear(&mut self, now: Moment, levels: &[(PeerId, f32)]) -> Option<&PeerId> {
        self.follow(now, levels);
        let present = |floor: &Floor| self.voices.contains_key(&floor.speaker);
        if !self.floor.as_ref().is_some_and(present) {
            self.floor = None;
        }
        let to_beat = self.level_to_beat();
        for (peer, voice) in self.voices.iter_mut() {
            let speaks_already = self
                .floor
                .as_ref()
                .is_some_and(|floor| floor.speaker == *peer);
            if speaks_already || voice.envelope < to_beat {
                voice.fall_back();
            } else {
                voice.louder_since.get_or_insert(now);
                voice.loud_samples += u32::from(voice.level >= VOICE_LEVEL);
            }
        }
        if let Some(speaker) = self.successor(now) {
            self.floor = Some(Floor {
                speaker,
                since: now,
            });
            for voice in self.voices.values_mut() {
                voice.fall_back();
            }
        }
        self.speaker()
    }

    fn follow(&mut self, now: Moment, levels: &[(PeerId, f32)]) {
        let passed = self.heard.map_or(0, |before| now.since(before));
        self.heard = Some(now);
        if passed > GAP_MS {
            self.voices.clear();
        }
        let decay = 0.5_f32.powf(passed as f32 / HALF_LIFE_MS);
        self.voices
            .retain(|peer, _| levels.iter().any(|(present, _)| present == peer));
        for (peer, level) in levels {
            let level = if level.is_nan() { 0.0 } else { *level };
            let voice = self.voices.get_or_insert_with(peer.clone(), Voice::default);
            voice.envelope = (voice.envelope * decay).max(level);
            voice.level = level;
        }
    }

    fn level_to_beat(&self) -> f32 {
        let speaker = self.speaker().and_then(|peer| self.voices.get(peer));
        speaker.map_or(VOICE_LEVEL, |voice| {
            (voice.envelope * MARGIN).max(VOICE_LEVEL)
        })
    }

    /// Who has been louder for long enough; of several, the loudest.
    fn successor(&self, now: Moment) -> Option<PeerId> {
        if let Some(floor) = &self.floor
            && now.since(floor.since) < TENURE_MS
        {
            return None;
        }
        self.voices
            .iter()
            .filter(|(_, voice)| {
                let since = voice.louder_since.unwrap_or(now);
                now.since(since) >= TAKEOVER_MS && voice.loud_samples >= LOUD_SAMPLES
            })
            .max_by(|(_, one), (_, other)| one.envelope.total_cmp(&other.envelope))
            .map(|(peer, _)| peer.clone())
    }
}
