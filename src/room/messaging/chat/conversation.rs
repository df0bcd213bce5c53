//! The conversation: what was said, whom it reached, and what is still to be sent to whom.
//!
//! Invariant: what I say reaches each person it is for in my order and once, however often the connection to them
//! breaks, as long as they stay in the room; a direct message goes to nobody else.

use super::change::EntryChange;
use super::correspondent::{Correspondent, Line};
use super::entries::Entries;
use super::entry::{ChatEntry, Origin, Recipient, RecipientArrival};
use super::history::Quest;
use super::message::{MessageIds, WallTime};
use super::text::MessageText;
use crate::protocol::{DisplayName, PeerId};
use crate::room::channel::Addressed;
use crate::room::messaging::chat::correspondent::ChatOrigin;
use crate::room::messaging::frame::ChatFrame;
use crate::room::messaging::recipients::Recipients;
use crate::room::messaging_error::MessageError;
use crate::room::moment::Moment;
use crate::room::person_name::PersonName;

/// A newcomer also gets what I said to everyone this long before I heard of them, in ms: whoever tells them the
/// conversation so far may not have had it yet. What they get twice they drop.
const GRACE_MS: u64 = 15_000;

/// Where more people are than this, I among them, receipts are gathered, and so is what they change.
const FEW_PEOPLE: usize = 12;

/// Where many people are, what became of the entries that stand there is told at most every so many ms.
const REVISIONS_APART_MS: u64 = 250;

/// Whether the user looks at the conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Attention {
    /// It is on the screen: nothing is unread.
    Reading,
    /// It is not.
    #[default]
    Elsewhere,
}

/// What the conversation wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum ChatEffect {
    /// A frame is sent.
    Send {
        /// The frame goes to this person.
        to: PeerId,
        /// The frame says this.
        frame: ChatFrame,
    },
    /// Somebody said something, just now, that was not known before.
    Arrived {
        /// They said it.
        from: PeerId,
        /// They said it to all, or to me alone.
        addressed: Addressed,
        /// They said this.
        text: MessageText,
    },
}

/// The conversation as one participant has it.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// The server knows me by this id, under which I speak.
    pub(crate) me: PeerId,
    /// The others see this name at what I say.
    name: DisplayName,
    /// The wall clock stood there at `Moment(0)`: it turns moments into the times that messages carry.
    page_opened: WallTime,
    /// My next message gets its id from here.
    ids: MessageIds,
    /// This was said so far, as much of it as is kept.
    pub(crate) entries: Entries,
    /// These people are in the room, in the order in which they are known here.
    pub(crate) people: Vec<Correspondent>,
    /// The conversation before I came is looked for with this.
    pub(crate) quest: Quest,
    /// The user looks at the conversation, or does not: this decides what counts as unread.
    pub(crate) attention: Attention,
    /// So many messages of others came since the user last looked.
    pub(crate) unread: usize,
    /// What became of the entries was told then for the last time.
    told: Moment,
}

impl Conversation {
    /// An empty conversation. `page_opened` is the wall time of `Moment(0)`; `chance` a random number in `0.0..1.0`.
    pub fn new(me: PeerId, name: DisplayName, page_opened: WallTime, chance: f64) -> Self {
        Self {
            me,
            name,
            page_opened,
            ids: MessageIds::new(chance),
            entries: Entries::default(),
            people: Vec::new(),
            quest: Quest::new(chance),
            attention: Attention::default(),
            unread: 0,
            told: Moment::default(),
        }
    }

    /// What was said, oldest first.
    #[cfg(test)]
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &ChatEntry> + ExactSizeIterator {
        self.entries.iter()
    }

    /// What became of the entries since this was asked last. Where many people are, whom they reached meanwhile is told
    /// together: each receipt would copy the list of all of them.
    pub(in crate::room) fn take_changes(&mut self, now: Moment) -> Vec<EntryChange> {
        if self.revisions_due().is_some_and(|due| due > now) {
            return Vec::new();
        }
        let changes = self.entries.take_changes();
        if !changes.is_empty() {
            self.told = now;
        }
        changes
    }

    /// When it is told what became of the entries, where that has to wait.
    pub(crate) fn revisions_due(&self) -> Option<Moment> {
        let waits = self.is_large() && self.entries.are_only_revised();
        waits.then(|| self.told.plus(REVISIONS_APART_MS))
    }

    /// Whether there are many people in the room.
    pub(crate) fn is_large(&self) -> bool {
        self.people.len() + 1 > FEW_PEOPLE
    }

    /// How many messages of others came since the user last looked.
    pub fn unread(&self) -> usize {
        self.unread
    }

    /// The user turns to the conversation or away from it.
    pub fn set_attention(&mut self, attention: Attention) {
        self.attention = attention;
        if attention == Attention::Reading {
            self.unread = 0;
        }
    }

    /// Says something: at once to whom it can be sent, later to the others it is for.
    ///
    /// # Errors
    /// [`MessageError`]; nothing is said then, and nothing lost.
    pub fn say(
        &mut self,
        text: &str,
        to: &Recipients,
        now: Moment,
    ) -> Result<Vec<ChatEffect>, MessageError> {
        let text = MessageText::parse(text)?;
        let recipients: Vec<Recipient> = self
            .people
            .iter_mut()
            .filter(|person| to.includes(&person.peer))
            .map(|person| {
                person.waiting = true;
                person.recipient(RecipientArrival::Before)
            })
            .collect();
        let addressed = match to {
            Recipients::Everyone => Addressed::Everyone,
            Recipients::Person(_) if recipients.is_empty() => {
                return Err(MessageError::NobodyThere);
            }
            Recipients::Person(_) => Addressed::Direct,
        };
        self.entries.push(ChatEntry {
            id: self.ids.next(),
            author: self.me.clone(),
            given: self.name.clone(),
            name: self.name.clone(),
            text,
            sent_at: self.wall(now),
            addressed,
            origin: Origin::Mine {
                recipients,
                at: now,
            },
        });
        let mut effects = Vec::new();
        self.send_waiting(now, &mut effects);
        Ok(effects)
    }

    /// Somebody is in the room.
    pub fn person_came(
        &mut self,
        peer: PeerId,
        name: impl Into<PersonName>,
        arrival: ChatOrigin,
        now: Moment,
    ) {
        let name = name.into();
        if let Some(known) = self.people.iter_mut().find(|person| person.peer == peer) {
            known.name = name;
            return;
        }
        let mut person = Correspondent::new(peer, name, arrival, now);
        self.entries.revise_each(|entry| {
            if entry.addressed == Addressed::Direct {
                return false;
            }
            let is_under_way = entry.is_under_way();
            let Origin::Mine { recipients, at } = &mut entry.origin else {
                return false;
            };
            let concerns = now.since(*at) <= GRACE_MS || is_under_way;
            if concerns {
                recipients.push(person.recipient(RecipientArrival::After));
                person.waiting = true;
            }
            concerns
        });
        self.people.push(person);
    }

    /// I came back under another id; everyone who is here was here before me then. What I said stays mine.
    pub(in crate::room) fn reseat(&mut self, me: PeerId) {
        self.me = me;
        self.quest = self.quest.anew();
    }

    /// Somebody is gone for good.
    pub fn person_left(&mut self, peer: &PeerId, now: Moment) -> Vec<ChatEffect> {
        self.people.retain(|person| person.peer != *peer);
        self.quest.forget(peer);
        self.entries.revise_each(|entry| entry.person_left(peer));
        self.tick(now)
    }

    /// The channel to a person is open.
    pub fn channel_opened(&mut self, peer: &PeerId, now: Moment) -> Vec<ChatEffect> {
        self.unacknowledged_wait_again(peer);
        if let Some(person) = self.person_mut(peer) {
            person.line = Line::Open;
            person.waiting = true;
        }
        self.tick(now)
    }

    /// The channel to a person is closed. What they did not acknowledge is sent again when it opens.
    pub fn channel_closed(&mut self, peer: &PeerId, now: Moment) -> Vec<ChatEffect> {
        self.unacknowledged_wait_again(peer);
        if let Some(person) = self.person_mut(peer) {
            person.line = Line::Closed;
            person.wants_history = false;
        }
        self.tick(now)
    }

    /// Time passed: asks, answers and sends what is due.
    pub fn tick(&mut self, now: Moment) -> Vec<ChatEffect> {
        let mut effects = Vec::new();
        self.ask_for_history(now, &mut effects);
        self.answer_history(now, &mut effects);
        self.send_receipts(now, &mut effects);
        self.send_waiting(now, &mut effects);
        effects
    }

    pub(crate) fn person_mut(&mut self, peer: &PeerId) -> Option<&mut Correspondent> {
        self.people.iter_mut().find(|person| person.peer == *peer)
    }

    pub(crate) fn name_of(&self, peer: &PeerId) -> Option<PersonName> {
        if *peer == self.me {
            return Some(self.name.clone().into());
        }
        let person = self.people.iter().find(|person| person.peer == *peer);
        person.map(|person| person.name.clone())
    }

    pub(crate) fn wall(&self, now: Moment) -> WallTime {
        WallTime(self.page_opened.0.saturating_add(now.0))
    }
}

#[cfg(test)]
#[path = "tests/conversation.rs"]
mod tests;
