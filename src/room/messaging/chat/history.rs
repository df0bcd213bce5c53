//! How a newcomer gets the conversation so far: whom to ask, for how long, and how the answer is cut into frames.
//!
//! Invariant: only people who were there before me are asked, one at a time, so two newcomers never wait for each other;
//! and nobody's history is taken who was not asked.

use super::entries::{CONVERSATION_MESSAGES, Key};
use super::entry::ChatEntry;
use super::message::HistoryEntry;
use crate::protocol::PeerId;
use crate::room::messaging::channel::frame::Violation;
use crate::room::messaging::frame::ChatFrame;
use crate::room::moment::Moment;
use crate::room::ordered::OrderedMap;

/// A person has this long to answer before the next one is asked, in ms. It doubles with every round through all of
/// them.
const PATIENCE_MS: u64 = 3_000;

/// After so many rounds the patience grows no more.
const LAST_ROUND: u32 = 4;

/// Where it is by lot who is asked first, nobody is for so many ms after somebody could be: to many the channels open one after
/// another, in the same order for all newcomers.
const GATHERING_MS: u64 = 250;

/// One frame has at most so many entries.
pub const HISTORY_FRAME_ENTRIES: usize = 200;

/// One frame's entries have at most so many bytes; the largest message fits.
pub const HISTORY_FRAME_BYTES: usize = 48 * 1024;

/// A whole answer has at most so many bytes: the newest messages that fit are sent.
pub const HISTORY_BYTES: usize = 1024 * 1024;

/// The newcomer's side.
#[derive(Clone, Debug)]
pub(crate) struct Quest {
    /// The search stands here.
    stage: HistoryStage,
    /// So many rounds through everyone who can answer were in vain; patience grows with them.
    round: u32,
    /// Each person who was asked and has not finished may still send this: an answer may come after the next one was
    /// asked.
    grants: OrderedMap<PeerId, Grant>,
    /// The person is asked first who stands here in the order of all, where that is by lot: `0.0..1.0`.
    lot: f64,
    /// Somebody could be asked for the first time then.
    reachable_since: Option<Moment>,
}

/// Who is asked first. The others follow in the order of their arrival, and the first of all after the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FirstAsked {
    /// The first whose channel opens, or the one who has been there longest.
    Oldest,
    /// One of those whose channels opened at about the same time.
    ByLot,
}

/// The history was told, or is still looked for.
#[derive(Clone, Debug)]
enum HistoryStage {
    /// Nobody has told it completely.
    Asking {
        /// This person was asked last, and then, or sent the last frame of their answer then.
        asked: Option<(PeerId, Moment)>,
        /// These people were asked in this round, so that each is asked once before anyone is asked again.
        tried: Vec<PeerId>,
    },
    /// Somebody told it completely: nobody is asked any more.
    Answered,
}

/// What somebody who was asked may still send.
#[derive(Clone, Debug)]
struct Grant {
    /// They may send so many entries more, over all frames of their answer.
    entries: usize,
    /// Their next frame goes on behind this entry; `None` before the first.
    cursor: Option<Key>,
}

impl Quest {
    /// Nobody was asked. `lot` is a random number in `0.0..1.0`.
    pub(crate) fn new(lot: f64) -> Self {
        Self {
            stage: HistoryStage::Asking {
                asked: None,
                tried: Vec::new(),
            },
            round: 0,
            grants: OrderedMap::new(),
            lot,
            reachable_since: None,
        }
    }

    /// Another search, by the same lot.
    pub(crate) fn anew(&self) -> Self {
        Self::new(self.lot)
    }

    /// Whether others may already take what I know for the conversation so far. After a round in vain they may: it
    /// is all there is.
    pub(crate) fn can_answer(&self) -> bool {
        matches!(self.stage, HistoryStage::Answered) || self.round > 0
    }

    /// When somebody is to be asked, with those who are reachable: it is due at once when nobody is asked who can answer;
    /// `None` when there is nothing to ask, or nobody.
    pub(crate) fn next_deadline(&self, reachable: &[&PeerId], first: FirstAsked) -> Option<Moment> {
        match &self.stage {
            HistoryStage::Answered => None,
            HistoryStage::Asking {
                asked: Some((peer, since)),
                ..
            } if reachable.contains(&peer) => Some(patient_until(*since, self.round)),
            HistoryStage::Asking { .. } => reachable.first().map(|_| self.gathered_at(first)),
        }
    }

    /// Until when nobody is asked.
    fn gathered_at(&self, first: FirstAsked) -> Moment {
        match (first, self.reachable_since) {
            (FirstAsked::ByLot, Some(since)) => since.plus(GATHERING_MS),
            _ => Moment::default(),
        }
    }

    /// Whom to ask now. `reachable` are those who were there before me and whose channel is open, in order of arrival.
    pub(crate) fn next(
        &mut self,
        reachable: &[&PeerId],
        first: FirstAsked,
        now: Moment,
    ) -> Option<PeerId> {
        if !reachable.is_empty() {
            self.reachable_since.get_or_insert(now);
        }
        if now < self.gathered_at(first) {
            return None;
        }
        let HistoryStage::Asking { asked, tried } = &mut self.stage else {
            return None;
        };
        tried.retain(|peer| reachable.contains(&peer));
        if let Some((peer, since)) = asked {
            if reachable.contains(&&*peer) && now < patient_until(*since, self.round) {
                return None;
            }
            *asked = None;
        }
        let place = match first {
            FirstAsked::Oldest => 0,
            FirstAsked::ByLot => (self.lot * reachable.len() as f64) as usize,
        };
        let (earlier, later) = reachable.split_at(place.min(reachable.len()));
        let mut all = later.iter().chain(earlier);
        let again = all.clone().next();
        let untried = all.find(|peer| !tried.contains(peer));
        let next = match (untried, again) {
            (Some(next), _) => (*next).clone(),
            (None, Some(first)) => {
                self.round += 1;
                tried.clear();
                (*first).clone()
            }
            (None, None) => return None,
        };
        tried.push(next.clone());
        *asked = Some((next.clone(), now));
        let grant = Grant {
            entries: CONVERSATION_MESSAGES,
            cursor: None,
        };
        self.grants.insert(next.clone(), grant);
        Some(next)
    }

    /// A frame of an answer arrived.
    ///
    /// # Errors
    /// [`Violation::Malformed`] when this person was not asked, or sends more than was asked for.
    pub(crate) fn heard(
        &mut self,
        from: &PeerId,
        entries: usize,
        more: bool,
        now: Moment,
    ) -> Result<Option<Key>, Violation> {
        let grant = self.grants.get_mut(from).ok_or(Violation::Malformed)?;
        if entries > HISTORY_FRAME_ENTRIES || entries > grant.entries {
            return Err(Violation::Malformed);
        }
        grant.entries -= entries;
        let cursor = grant.cursor.take();
        if more {
            if let HistoryStage::Asking {
                asked: Some((peer, since)),
                ..
            } = &mut self.stage
                && peer == from
            {
                *since = now;
            }
        } else {
            self.grants.remove(from);
            self.stage = HistoryStage::Answered;
        }
        Ok(cursor)
    }

    /// Remembers behind which entry this person's next frame goes on.
    pub(crate) fn place(&mut self, from: &PeerId, cursor: Option<Key>) {
        if let Some(grant) = self.grants.get_mut(from) {
            grant.cursor = cursor;
        }
    }

    pub(crate) fn forget(&mut self, peer: &PeerId) {
        self.grants.remove(peer);
    }
}

/// Until when somebody who was asked is waited for.
fn patient_until(asked: Moment, round: u32) -> Moment {
    asked.plus(PATIENCE_MS << round.min(LAST_ROUND))
}

/// The answer to a request: the newest messages to everyone that fit, oldest first, in frames that fit.
pub(crate) fn answer<'a>(
    entries: impl DoubleEndedIterator<Item = &'a ChatEntry>,
) -> Vec<ChatFrame> {
    let mut total = 0;
    let mut chosen: Vec<(HistoryEntry, usize)> = Vec::new();
    for entry in entries.rev().filter_map(ChatEntry::to_history) {
        let size = serde_json::to_string(&entry).map_or(usize::MAX, |json| json.len() + 1);
        if size > HISTORY_FRAME_BYTES {
            continue;
        }
        total += size;
        if total > HISTORY_BYTES {
            break;
        }
        chosen.push((entry, size));
    }
    let mut frames: Vec<Vec<HistoryEntry>> = vec![Vec::new()];
    let mut filled = 0;
    for (entry, size) in chosen.into_iter().rev() {
        let full = frames.last().is_some_and(|frame| {
            frame.len() == HISTORY_FRAME_ENTRIES || filled + size > HISTORY_FRAME_BYTES
        });
        if full {
            frames.push(Vec::new());
            filled = 0;
        }
        filled += size;
        if let Some(frame) = frames.last_mut() {
            frame.push(entry);
        }
    }
    let last = frames.len() - 1;
    let numbered = frames.into_iter().enumerate();
    numbered
        .map(|(index, entries)| ChatFrame::History {
            entries,
            more: index < last,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(name: &str) -> PeerId {
        PeerId::new(name)
    }

    #[test]
    fn the_first_reachable_is_asked_and_the_next_after_three_seconds() {
        let (ada, ben) = (peer("ada"), peer("ben"));
        let mut quest = Quest::new(0.5);
        assert_eq!(quest.next(&[], FirstAsked::Oldest, Moment(0)), None);
        assert_eq!(
            quest.next(&[&ben], FirstAsked::Oldest, Moment(10)),
            Some(ben.clone())
        );
        assert_eq!(
            quest.next(&[&ada, &ben], FirstAsked::Oldest, Moment(3_009)),
            None
        );
        assert_eq!(
            quest.next(&[&ada, &ben], FirstAsked::Oldest, Moment(3_010)),
            Some(ada.clone())
        );
        assert!(!quest.can_answer());
        assert_eq!(
            quest.next(&[&ada, &ben], FirstAsked::Oldest, Moment(6_010)),
            Some(ada.clone())
        );
        assert!(quest.can_answer());
        assert_eq!(quest.heard(&ben, 0, false, Moment(6_011)), Ok(None));
        assert_eq!(
            quest.next(&[&ada, &ben], FirstAsked::Oldest, Moment(60_000)),
            None
        );
    }

    #[test]
    fn the_next_question_is_due_when_patience_ends_and_longer_in_every_round() {
        let (ada, ben) = (peer("ada"), peer("ben"));
        let mut quest = Quest::new(0.5);
        assert_eq!(quest.next_deadline(&[], FirstAsked::Oldest), None);
        assert_eq!(
            quest.next_deadline(&[&ada], FirstAsked::Oldest),
            Some(Moment(0)),
            "at once"
        );
        let mut asked = 10;
        quest.next(&[&ada], FirstAsked::Oldest, Moment(asked));
        for patience in [3_000, 6_000, 12_000, 24_000, 48_000, 48_000] {
            let due = asked + patience;
            assert_eq!(
                quest.next_deadline(&[&ada, &ben], FirstAsked::Oldest),
                Some(Moment(due))
            );
            assert_eq!(
                quest.next(&[&ada], FirstAsked::Oldest, Moment(due - 1)),
                None
            );
            assert!(
                quest
                    .next(&[&ada], FirstAsked::Oldest, Moment(due))
                    .is_some()
            );
            asked = due;
        }
        assert_eq!(
            quest.next_deadline(&[], FirstAsked::Oldest),
            None,
            "nobody can be asked"
        );
        assert_eq!(
            quest.next_deadline(&[&ben], FirstAsked::Oldest),
            Some(Moment(0)),
            "at once"
        );
        assert_eq!(quest.heard(&ada, 0, false, Moment(asked)), Ok(None));
        assert_eq!(quest.next_deadline(&[&ada, &ben], FirstAsked::Oldest), None);
    }

    #[test]
    fn the_next_is_asked_at_once_when_the_one_asked_is_gone() {
        let (ada, ben) = (peer("ada"), peer("ben"));
        let mut quest = Quest::new(0.5);
        assert_eq!(
            quest.next(&[&ada, &ben], FirstAsked::Oldest, Moment(0)),
            Some(ada)
        );
        assert_eq!(
            quest.next(&[&ben], FirstAsked::Oldest, Moment(5)),
            Some(ben)
        );
    }

    #[test]
    fn history_nobody_asked_for_is_refused_and_so_is_too_much_of_it() {
        let (ada, ben) = (peer("ada"), peer("ben"));
        let mut quest = Quest::new(0.5);
        quest.next(&[&ada], FirstAsked::Oldest, Moment(0));
        assert_eq!(
            quest.heard(&ben, 1, true, Moment(1)),
            Err(Violation::Malformed)
        );
        assert_eq!(
            quest.heard(&ada, 201, true, Moment(1)),
            Err(Violation::Malformed)
        );
        for _ in 0..10 {
            assert!(quest.heard(&ada, 200, true, Moment(1)).is_ok());
        }
        assert_eq!(
            quest.heard(&ada, 1, true, Moment(1)),
            Err(Violation::Malformed)
        );
    }

    #[test]
    fn among_many_who_is_asked_first_is_by_lot_and_every_other_follows() {
        let ids: Vec<PeerId> = (0..20).map(|number| peer(&number.to_string())).collect();
        let all: Vec<&PeerId> = ids.iter().collect();
        let mut first = Vec::new();
        for lot in (0..40).map(|step| f64::from(step) / 40.0) {
            let mut quest = Quest::new(lot);
            let mut now = 1_000;
            assert_eq!(
                quest.next(&all[..1], FirstAsked::ByLot, Moment(now)),
                None,
                "more come"
            );
            let due = quest.next_deadline(&all, FirstAsked::ByLot).unwrap();
            assert_eq!(due, Moment(now + GATHERING_MS));
            assert_eq!(quest.next(&all, FirstAsked::ByLot, Moment(due.0 - 1)), None);
            now = due.0;
            let mut asked = Vec::new();
            for _ in 0..ids.len() {
                asked.extend(quest.next(&all, FirstAsked::ByLot, Moment(now)));
                now += PATIENCE_MS;
            }
            first.push(asked[0].clone());
            asked.sort();
            asked.dedup();
            assert_eq!(asked.len(), ids.len(), "each is asked once");
        }
        let evenly: Vec<PeerId> = ids.iter().flat_map(|id| [id.clone(), id.clone()]).collect();
        assert_eq!(first, evenly);
    }
}
