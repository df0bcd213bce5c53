//! How well everyone's media arrives.

use crate::protocol::{MediaState, PeerId};
use crate::room::moment::Moment;
use crate::room::ordered::OrderedMap;
use crate::room::quality::history::{History, HistoryPoint};
use crate::room::quality::reading::Reading;
use crate::room::quality::report::Report;
use crate::room::quality::sample::Sample;
use crate::room::quality::score::{Indicator, Meter, score};
use crate::room::sending::feedback::PeerFeedback;

/// Connections are read so often, in ms.
const READ_EVERY_MS: u64 = 2_000;

/// What is known of everyone's media.
#[derive(Clone, Debug, Default)]
pub struct PeopleQuality {
    /// This is known of each person whose connection was read.
    people: OrderedMap<PeerId, PersonQuality>,
    /// The readings of this round say this so far.
    feedback: Vec<PeerFeedback>,
    /// The next round begins at this moment.
    next_round: Moment,
    /// A round is under way.
    is_reading: bool,
}

/// What is known of one person's media.
#[derive(Clone, Debug, Default)]
struct PersonQuality {
    /// The report is of the connection of this generation.
    generation: u32,
    /// The statistics were like this when they were read last; the next are compared with them.
    report: Option<Report>,
    /// The scores become the indicator that is shown with this.
    meter: Meter,
    /// The figures of the last two minutes stand here.
    history: History,
}

impl PeopleQuality {
    /// How well a person's media arrives; nothing before the first score.
    pub fn indicator(&self, peer: &PeerId) -> Option<Indicator> {
        self.people.get(peer)?.meter.indicator()
    }

    /// The last two minutes of a person's figures.
    pub fn history(&self, peer: &PeerId) -> Option<&History> {
        Some(&self.people.get(peer)?.history)
    }

    /// The next round begins at this moment, unless one is under way.
    pub(super) fn due(&self) -> Option<Moment> {
        (!self.is_reading).then_some(self.next_round)
    }

    /// A round begins.
    pub(super) fn begin_round(&mut self, now: Moment) {
        self.is_reading = true;
        self.next_round = now.plus(READ_EVERY_MS);
    }

    /// A round ended; what it says of sending to people.
    pub(super) fn end_round(&mut self) -> Vec<PeerFeedback> {
        self.is_reading = false;
        std::mem::take(&mut self.feedback)
    }

    /// Forgets everyone but those who are like this.
    pub(super) fn keep(&mut self, is_kept: impl Fn(&PeerId) -> bool) {
        self.people.retain(|peer, _| is_kept(peer));
        self.feedback.retain(|feedback| is_kept(&feedback.peer));
    }

    /// Takes a reading of the connection to the SFU, as far as it is of a person who says that they send what is expected. What is sent to
    /// the SFU is not sent to them.
    pub(super) fn take_received(&mut self, reading: Reading, expected: MediaState, now: Moment) {
        let feedback = self.feedback.len();
        self.take(reading, Some(expected), now);
        self.feedback.truncate(feedback);
    }

    /// Takes a reading of the connection there is to a person, who says that they send what is expected.
    pub(super) fn take(&mut self, reading: Reading, expected: Option<MediaState>, now: Moment) {
        let known = self
            .people
            .get_or_insert_with(reading.peer.clone(), PersonQuality::default);
        if known.generation != reading.generation {
            known.generation = reading.generation;
            known.report = None;
        }
        if let (Some(earlier), Some(expected)) = (&known.report, expected) {
            let sample = Sample::between(earlier, &reading.report, &reading.tracks);
            let feedback = PeerFeedback::from_sample(reading.peer.clone(), &sample);
            self.feedback.push(feedback);
            let score = score(&sample, expected);
            if let Some(score) = score {
                known.meter.observe(score);
            }
            known.history.push(HistoryPoint {
                at: now,
                score,
                sample,
            });
        }
        known.report = Some(reading.report);
    }
}
