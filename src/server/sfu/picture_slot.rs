//! One outgoing picture section: whose picture it carries, and in which layer.
//!
//! Pure: time is an argument. Invariants: a picture never goes out while its receiver may believe that the section is somebody
//! else's; every run of a source begins with a keyframe; the receiver sees one stream without gaps, whatever is carried.
//!
//! The receiver learns from maps, which are numbered, whose picture a section carries. Between the sending of a map and the
//! word that it was seen the receiver goes by that map or by one of the earlier ones. A section that changes hands is
//! therefore silent until a map was seen in which it is no longer the earlier person's.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use super::closing_ranks::ClosingRanks;
use super::picture_packet::PicturePacket;
use super::rewriting::{Rewriter, Rewritten, is_before};
use super::thinning::Thinning;

/// Ticks of the RTP clock of pictures in a second.
const CLOCK_RATE: u32 = 90_000;
/// A keyframe that has not come after this long is asked for again.
const ASKED_AGAIN: Duration = Duration::from_secs(1);
/// A keyframe that has not come after this long does not come.
const GIVEN_UP: Duration = Duration::from_secs(6);

/// A source of pictures: one layer of one track of a person. One that starts to number its packets anew is another source.
pub(super) trait Whose {
    /// Names what a map tells apart: a person, or a person and which of their tracks, if a section may change between these.
    type Person: Copy + Eq;

    /// Says whose picture it is.
    fn person(&self) -> Self::Person;
}

/// Where the asking for a keyframe stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyframeRequest {
    /// None is needed.
    NotNeeded,
    /// The publisher has to be asked now; `since` when it has been asked, if it was.
    Due {
        /// When it was asked first.
        since: Option<Instant>,
    },
    /// The publisher was asked.
    Asked {
        /// When it was asked first.
        since: Instant,
        /// When it was asked last.
        last: Instant,
    },
}

/// One outgoing picture section.
#[derive(Debug)]
pub(super) struct PictureSlot<S> {
    /// Numbers what goes out.
    rewriter: Rewriter<S>,
    /// Says which of the carried pictures are left out.
    thinning: Thinning,
    /// Closes the gaps of those.
    ranks: ClosingRanks,
    /// Whose packets go out now.
    current: Option<S>,
    /// Whose packets are to go out.
    wanted: Option<S>,
    /// The last source that was wanted. The receiver may still take the section for this person's.
    named: Option<S>,
    /// Nothing goes out before a map with this number was seen.
    gate: u32,
    /// The highest number of a map that was seen.
    seen: u32,
    /// What is to be asked of the publisher of the wanted source.
    request: KeyframeRequest,
    /// The newest packet of the wanted source that came since it is wanted, sent on or not.
    newest: Option<u64>,
    /// The first outgoing timestamp of the person.
    first_timestamp: Option<u32>,
}

impl<S: Copy + Eq + Debug + Whose> PictureSlot<S> {
    /// A section that has never carried anybody. `random` makes its first sequence number.
    pub(super) fn new(random: u16) -> Self {
        Self {
            rewriter: Rewriter::new(random, CLOCK_RATE),
            thinning: Thinning::default(),
            ranks: ClosingRanks::default(),
            current: None,
            wanted: None,
            named: None,
            gate: 0,
            seen: 0,
            request: KeyframeRequest::NotNeeded,
            newest: None,
            first_timestamp: None,
        }
    }

    /// Decides what is to be carried. Another layer of the same person is cut to at its next keyframe, and the carried one
    /// goes on until then. Another person's picture begins after [`seen`](Self::seen) of `map_number`, which is the number of
    /// the first map in which the section is no longer the last person's; of that one nothing goes out any more. With `None`
    /// everything stops at once. `map_number` counts only where a person follows another one, or is back behind another one.
    pub(super) fn want(&mut self, source: Option<S>, map_number: u32) {
        if source == self.wanted {
            return;
        }
        self.wanted = source;
        self.newest = None;
        self.request = KeyframeRequest::NotNeeded;
        let Some(source) = source else {
            self.current = None;
            self.first_timestamp = None;
            return;
        };
        let is_anothers = |named: S| named.person() != source.person();
        if self.named.is_some_and(is_anothers) {
            self.current = None;
            self.first_timestamp = None;
            self.gate = self.gate.max(map_number);
        }
        self.named = Some(source);
        if self.current != Some(source) {
            self.request = KeyframeRequest::Due { since: None };
        }
    }

    /// Stops what is carried now: nothing goes out until the wanted source begins a keyframe.
    pub(super) fn drop_current(&mut self) {
        self.current = None;
        self.need_keyframe();
    }

    /// Takes note that the receiver cannot decode what it got: the wanted source has to send a keyframe. What is carried goes
    /// on. While one is awaited anyway this changes nothing.
    pub(super) fn picture_lost(&mut self) {
        self.need_keyframe();
    }

    /// Says whether pictures that no other builds on are left out, where the source says which these are.
    pub(super) fn thin(&mut self, is_wanted: bool) {
        self.thinning.want(is_wanted);
    }

    /// Takes note that the receiver goes by the map with this number from now on.
    pub(super) fn seen(&mut self, map_number: u32) {
        self.seen = self.seen.max(map_number);
    }

    /// Names the source whose publisher is to be asked for a keyframe now: at first at once, then every second until it comes.
    /// Each answer counts as asked: the caller may ask later, and together with others, but has to ask. While a map has to
    /// be seen first nothing is asked for, since the keyframe would come too early.
    pub(super) fn keyframe_wanted(&mut self, now: Instant) -> Option<S> {
        let source = self.wanted.filter(|_| self.is_open())?;
        let since = match self.request {
            KeyframeRequest::NotNeeded => return None,
            KeyframeRequest::Asked { last, .. }
                if now.saturating_duration_since(last) < ASKED_AGAIN =>
            {
                return None;
            }
            KeyframeRequest::Asked { since, .. } => since,
            KeyframeRequest::Due { since } => since.unwrap_or(now),
        };
        self.request = KeyframeRequest::Asked { since, last: now };
        Some(source)
    }

    /// Says whether the wanted source was first asked for a keyframe 6 s ago and has not sent one that can be used since.
    pub(super) fn given_up(&self, now: Instant) -> bool {
        let since = match self.request {
            KeyframeRequest::NotNeeded => None,
            KeyframeRequest::Due { since } => since,
            KeyframeRequest::Asked { since, .. } => Some(since),
        };
        since.is_some_and(|since| now.saturating_duration_since(since) >= GIVEN_UP)
    }

    /// Takes a packet that came at `now`: the numbers it goes out with, or `None` if it does not go out.
    pub(super) fn take(
        &mut self,
        source: S,
        packet: &PicturePacket,
        now: Instant,
    ) -> Option<Rewritten> {
        let is_wanted = self.wanted == Some(source);
        let is_current = self.current == Some(source);
        if !is_wanted && !is_current {
            return None;
        }
        let mut is_late = false;
        if is_wanted {
            is_late = self
                .newest
                .is_some_and(|newest| is_before(packet.sequence, newest));
            if !is_late {
                self.newest = Some(packet.sequence);
            }
        }
        if !is_current {
            if !packet.starts_keyframe || !self.is_open() {
                return None;
            }
            if is_late {
                // Other packets of the keyframe came first and are gone: the receiver would wait for them in vain.
                self.ask_again();
                return None;
            }
            self.current = Some(source);
            self.rewriter.begin(source);
            self.thinning.begin();
            self.ranks.begin();
        }
        if self.thinning.leaves_out(packet) {
            self.ranks.leave_out(&packet.numbers());
            return None;
        }
        let numbers = self.ranks.close(packet.numbers())?;
        let rewritten = self.rewriter.rewrite(source, &numbers, now)?;
        if is_wanted && packet.starts_keyframe {
            self.request = KeyframeRequest::NotNeeded;
        }
        self.first_timestamp.get_or_insert(rewritten.timestamp);
        Some(rewritten)
    }

    /// The outgoing RTP timestamp with which the pictures of the person began who is wanted now; `None` until they did.
    pub(super) fn first_timestamp(&self) -> Option<u32> {
        self.first_timestamp
    }

    /// Whose packets go out now.
    pub(super) fn current(&self) -> Option<S> {
        self.current
    }

    /// Whose packets are to go out.
    pub(super) fn wanted(&self) -> Option<S> {
        self.wanted
    }

    /// Says whether the receiver knows whose section it is, or that it is nobody's.
    fn is_open(&self) -> bool {
        self.seen >= self.gate
    }

    /// Has a keyframe asked for, unless one is awaited.
    fn need_keyframe(&mut self) {
        if self.wanted.is_some() && self.request == KeyframeRequest::NotNeeded {
            self.request = KeyframeRequest::Due { since: None };
        }
    }

    /// Has the keyframe that is awaited asked for once more.
    fn ask_again(&mut self) {
        if let KeyframeRequest::Asked { since, .. } = self.request {
            self.request = KeyframeRequest::Due { since: Some(since) };
        }
    }
}

#[cfg(test)]
#[path = "tests/picture_slot.rs"]
mod tests;
