//! When the conversation next needs to be told that time passed.
//!
//! Invariant: before this moment a tick does nothing, and after a tick it lies ahead.

use super::conversation::Conversation;
use super::correspondent::{ChatOrigin, Correspondent, Line, allowed_size};
use super::entry::{ChatEntry, Origin, Receipt};
use crate::protocol::PeerId;
use crate::room::moment::Moment;

impl Conversation {
    /// When [`Self::tick`] has something to ask, to answer or to send, if nothing else happens before; `None` when never.
    pub(crate) fn next_deadline(&self, now: Moment) -> Option<Moment> {
        let people = self.people.iter();
        let elders = people.clone().filter(|person| person.can_tell_history());
        let reachable: Vec<&PeerId> = elders.map(|person| &person.peer).collect();
        let question = self.quest.next_deadline(&reachable, self.first_asked());
        let answers = people
            .clone()
            .filter(|_| self.can_answer_history())
            .filter_map(Correspondent::history_due);
        let receipts = people.clone().filter_map(Correspondent::receipts_due);
        let messages = people.filter_map(|person| self.message_due(person, now));
        let due = question.into_iter().chain(answers).chain(receipts);
        due.chain(messages).min()
    }

    /// Whether others may take what I know for the conversation so far.
    pub(crate) fn can_answer_history(&self) -> bool {
        let before = |person: &Correspondent| person.arrival == ChatOrigin::BeforeMe;
        self.quest.can_answer() || !self.people.iter().any(before)
    }

    /// When the first message that waits for somebody may be sent to them.
    fn message_due(&self, person: &Correspondent, now: Moment) -> Option<Moment> {
        if !person.waiting || person.line == Line::Closed {
            return None;
        }
        let first = self.entries.iter().find(|entry| waits_for(entry, person))?;
        Some(Moment(person.pace.ready_at(allowed_size(first), now.0)))
    }
}

fn waits_for(entry: &ChatEntry, person: &Correspondent) -> bool {
    let Origin::Mine { recipients, .. } = &entry.origin else {
        return false;
    };
    recipients
        .iter()
        .any(|recipient| recipient.peer == person.peer && recipient.receipt == Receipt::Waiting)
}
