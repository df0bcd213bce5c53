//! The numbers of one outgoing RTP stream that carries many sources, one after the other.
//!
//! Pure: time is an argument. Invariant: whatever is carried, the receiver sees one stream: a source begins with the sequence
//! number, the picture and the base picture that follow the last ones sent, and a little later than they; within a run of a
//! source every number is shifted by the same amount, so that late packets fall into their places. No sequence number is
//! given twice, as long as a source repeats none of its own (str0m drops repeated packets).

use std::time::{Duration, Instant};

/// The first sequence number has these bits only: a receiver expects an SRTP stream to begin before its first rollover, and
/// the upper half is left free so that the beginning may be reordered.
const START_BITS: u16 = 0x7fff;
/// A source that leaves out more packets than these leaves out only so many for the receiver: nobody repairs a longer gap, and
/// a receiver that loses the packets behind several of 32,768 would count the rollovers wrong and decrypt nothing any more.
const MOST_MISSING: u64 = 1_000;
/// Extending a number of 16 bits moves it by no more than this; what lies further away was extended wrongly.
const MOST_APART: u64 = 1 << 15;
/// A new source begins at most so much media time behind the last packet, however long nothing was carried.
const MOST_ELAPSED: Duration = Duration::from_secs(1);

/// The bits of a long picture id, of a short one, of a `TL0PICIDX` and of a `KEYIDX` (RFC 7741 §4.2).
const PICTURE_ID_BITS: u16 = 0x7fff;
const SHORT_PICTURE_ID_BITS: u16 = 0x7f;
const TL0_BITS: u16 = 0xff;
const KEY_INDEX_BITS: u16 = 0x1f;

/// A VP8 `PictureID` and how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PictureId {
    /// The number: below 128, or below 32,768 if it is a long one.
    pub(super) value: u16,
    /// Whether it has 15 bits, not 7.
    pub(super) is_15_bit: bool,
}

impl PictureId {
    /// Gives the bits that the number may have.
    pub(super) fn bits(self) -> u16 {
        match self.is_15_bit {
            true => PICTURE_ID_BITS,
            false => SHORT_PICTURE_ID_BITS,
        }
    }
}

/// The numbers of a packet as its source counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbers {
    /// The extended RTP sequence number.
    pub(super) sequence: u64,
    /// The RTP timestamp, in units of the clock rate.
    pub(super) timestamp: u32,
    /// The VP8 `PictureID`; `None` where the payload has none, as with sound. So with the next two.
    pub(super) picture_id: Option<PictureId>,
    /// The VP8 `TL0PICIDX`: counts the pictures of the lowest temporal layer.
    pub(super) tl0: Option<u8>,
    /// The VP8 `KEYIDX`: counts the keyframes; 0..32.
    pub(super) key_index: Option<u8>,
}

/// The numbers that a packet goes out with. Those of the picture are there exactly where the source has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rewritten {
    /// The extended RTP sequence number; the first of a stream is below 32,768.
    pub(super) sequence: u64,
    /// The RTP timestamp, in units of the clock rate.
    pub(super) timestamp: u32,
    /// The VP8 `PictureID`, no wider than the source's.
    pub(super) picture_id: Option<u16>,
    /// The VP8 `TL0PICIDX`.
    pub(super) tl0: Option<u8>,
    /// The VP8 `KEYIDX`; 0..32.
    pub(super) key_index: Option<u8>,
}

/// Says whether a packet was sent before another one of its source, by their extended sequence numbers.
pub(super) fn is_before(sequence: u64, other: u64) -> bool {
    (1..=MOST_APART).contains(&other.wrapping_sub(sequence))
}

/// One outgoing numbering. `S` names a source; one that starts to count anew is another source.
#[derive(Debug)]
pub(super) struct Rewriter<S> {
    /// Ticks of the RTP clock in a second.
    clock_rate: u32,
    /// The sequence number of the very first packet.
    first_sequence: u16,
    /// Whose packets are numbered now.
    source: Option<S>,
    /// Where the source's packets go; `None` until its first one came.
    run: Option<Run>,
    /// The packet with the highest sequence number sent so far.
    newest: Option<Newest>,
    picture_id: Counter,
    tl0: Counter,
    key_index: Counter,
}

impl<S: Copy + Eq> Rewriter<S> {
    /// Begins a stream. `random` makes the first sequence number, `clock_rate` is 90,000 for pictures and 48,000 for sound.
    pub(super) fn new(random: u16, clock_rate: u32) -> Self {
        Self {
            clock_rate,
            first_sequence: random & START_BITS,
            source: None,
            run: None,
            newest: None,
            picture_id: Counter::default(),
            tl0: Counter::default(),
            key_index: Counter::default(),
        }
    }

    /// Gives the stream to a source: its next packet follows the last one sent. If it has the stream already, it begins anew.
    pub(super) fn begin(&mut self, source: S) {
        self.source = Some(source);
        self.run = None;
        self.picture_id.shift = None;
        self.tl0.shift = None;
        self.key_index.shift = None;
    }

    /// Numbers a packet that came at `now`. `None`, and it may not be sent: it is not of the source that has the stream, or it
    /// is older than the source's first packet here.
    pub(super) fn rewrite(
        &mut self,
        source: S,
        numbers: &Numbers,
        now: Instant,
    ) -> Option<Rewritten> {
        if self.source != Some(source) {
            return None;
        }
        let run = match self.run {
            Some(run) => run.with(numbers.sequence)?,
            None => self.first_run(numbers, now),
        };
        self.run = Some(run);
        let sequence = run.sent(numbers.sequence);
        let timestamp = numbers.timestamp.wrapping_add(run.shift);
        let is_newest = self.newest.is_none_or(|newest| newest.sequence < sequence);
        if is_newest {
            let same_moment = self.newest.filter(|newest| newest.timestamp == timestamp);
            self.newest = Some(Newest {
                sequence,
                timestamp,
                at: same_moment.map_or(now, |newest| newest.at),
            });
        }
        Some(Rewritten {
            sequence,
            timestamp,
            picture_id: numbers
                .picture_id
                .map(|id| self.picture_id.count(id.value, id.bits(), is_newest)),
            tl0: numbers
                .tl0
                .map(|tl0| self.tl0.count_octet(tl0, TL0_BITS, is_newest)),
            key_index: numbers
                .key_index
                .map(|index| self.key_index.count_octet(index, KEY_INDEX_BITS, is_newest)),
        })
    }

    /// Lays the run of a source, of which this is the first packet, behind what was sent.
    fn first_run(&self, numbers: &Numbers, now: Instant) -> Run {
        let (sequence, timestamp) = match self.newest {
            Some(newest) => {
                let elapsed = now.saturating_duration_since(newest.at);
                (
                    newest.sequence.wrapping_add(1),
                    newest.timestamp.wrapping_add(self.ticks(elapsed)),
                )
            }
            None => (u64::from(self.first_sequence), numbers.timestamp),
        };
        Run {
            from: numbers.sequence,
            to: sequence,
            newest: numbers.sequence,
            shift: timestamp.wrapping_sub(numbers.timestamp),
        }
    }

    /// Converts a time into ticks of the RTP clock: one at least, a second's at most.
    fn ticks(&self, elapsed: Duration) -> u32 {
        let ticks = elapsed.min(MOST_ELAPSED).as_micros() * u128::from(self.clock_rate) / 1_000_000;
        u32::try_from(ticks).unwrap_or(self.clock_rate).max(1)
    }
}

/// What the receiver got last.
#[derive(Clone, Copy, Debug)]
struct Newest {
    /// Its outgoing sequence number.
    sequence: u64,
    /// Its outgoing timestamp.
    timestamp: u32,
    /// When the first packet with this timestamp came.
    at: Instant,
}

/// Where the packets of a source go while it has the stream.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// The source's sequence number from which on its packets are sent.
    from: u64,
    /// The outgoing sequence number of that one.
    to: u64,
    /// The highest sequence number of the source so far.
    newest: u64,
    /// What is added to the source's timestamps.
    shift: u32,
}

impl Run {
    /// Takes in a packet of the source; `None` if it is older than the run, or so far away that its number cannot be right.
    fn with(self, sequence: u64) -> Option<Self> {
        let ahead = sequence.wrapping_sub(self.newest);
        if ahead > MOST_APART {
            let behind = self.newest.wrapping_sub(sequence);
            return (behind <= self.newest.wrapping_sub(self.from)).then_some(self);
        }
        if ahead > MOST_MISSING + 1 {
            return Some(Self {
                from: sequence,
                to: self.sent(self.newest).wrapping_add(MOST_MISSING + 1),
                newest: sequence,
                ..self
            });
        }
        Some(Self {
            newest: sequence,
            ..self
        })
    }

    /// The outgoing sequence number of a packet of this run.
    fn sent(&self, sequence: u64) -> u64 {
        self.to.wrapping_add(sequence.wrapping_sub(self.from))
    }
}

/// A number of the picture, which wraps at its width.
#[derive(Debug, Default)]
struct Counter {
    /// What is added to the source's number; `None` until a packet of the source has one.
    shift: Option<u16>,
    /// The number of the newest packet sent that has one. Its bits above the number's width are of no meaning.
    newest: Option<u16>,
}

impl Counter {
    /// Shifts a number of the source, of the width that `bits` shows. The first one of a source follows the newest one sent.
    fn count(&mut self, value: u16, bits: u16, is_newest: bool) -> u16 {
        let following = self.newest.map_or(value, |newest| newest.wrapping_add(1));
        let shift = *self
            .shift
            .get_or_insert_with(|| following.wrapping_sub(value));
        let shifted = value.wrapping_add(shift) & bits;
        if is_newest {
            // A short number moves the long one on, so that a source with long ones can follow.
            let newest = self.newest.unwrap_or(shifted);
            self.newest = Some(newest.wrapping_add(shifted.wrapping_sub(newest) & bits));
        }
        shifted
    }

    /// The same for a number that an octet holds; `bits` are among its eight.
    fn count_octet(&mut self, value: u8, bits: u16, is_newest: bool) -> u8 {
        let [_, octet] = self.count(u16::from(value), bits, is_newest).to_be_bytes();
        octet
    }
}

#[cfg(test)]
#[path = "tests/rewriting.rs"]
mod tests;
