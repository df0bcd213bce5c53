//! The conversation: what was said, whom it reached, and what is still to be sent to whom.
//!
//! Invariant: what I say reaches each person it is for in my order and once, however often the connection to them
//! breaks, as long as they stay in the room; a direct message goes to nobody else.

use crate::protocol::{DisplayName, PeerId};
use crate::room::Moment;
use crate::room::audience::Audience;
use crate::room::channel::{Allowance, TokenBucket, Violation};

use super::entries::Entries;
use super::entry::{Entry, Origin, Receipt, Recipient};
use super::history::{Quest, answer};
use super::message::{Addressed, ChatFrame, HistoryEntry, MessageId, MessageIds, WallTime};
use super::text::{MessageError, MessageText};

/// A newcomer also gets what I said to everyone this long before I heard of them, in ms: whoever tells them the
/// conversation so far may not have had it yet. What they get twice they drop.
const GRACE_MS: u64 = 15_000;

/// A person's requests for the history are answered at most this often, in ms.
const HISTORY_PAUSE_MS: u64 = 2_000;

/// Whether somebody was in the room before me.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// In the roster of my first welcome.
    BeforeMe,
    /// Joined later.
    AfterMe,
}

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
    /// Send a frame.
    Send {
        /// To whom.
        to: PeerId,
        /// What.
        frame: ChatFrame,
    },
    /// Somebody said something, just now, that was not known before.
    Arrived {
        /// Who.
        from: PeerId,
        /// To all or to me.
        addressed: Addressed,
    },
}

/// The conversation as one participant has it.
#[derive(Clone, Debug)]
pub struct Conversation {
    me: PeerId,
    name: DisplayName,
    page_opened: WallTime,
    ids: MessageIds,
    entries: Entries,
    people: Vec<Correspondent>,
    quest: Quest,
    attention: Attention,
    unread: usize,
}

/// Somebody in the room.
#[derive(Clone, Debug)]
struct Correspondent {
    peer: PeerId,
    name: DisplayName,
    arrival: Arrival,
    line: Line,
    /// Whether an own message may be waiting for them. May be true in vain, never false in error.
    waiting: bool,
    pace: Allowance,
    answered: Option<Moment>,
    wants_history: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Open,
    Closed,
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
            quest: Quest::new(),
            attention: Attention::default(),
            unread: 0,
        }
    }

    /// What was said, oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> + ExactSizeIterator {
        self.entries.iter()
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
        to: &Audience,
        now: Moment,
    ) -> Result<Vec<ChatEffect>, MessageError> {
        let text = MessageText::parse(text)?;
        let recipients: Vec<Recipient> = self
            .people
            .iter_mut()
            .filter(|person| to.includes(&person.peer))
            .map(|person| {
                person.waiting = true;
                person.recipient()
            })
            .collect();
        let addressed = match to {
            Audience::Everyone => Addressed::Everyone,
            Audience::Person(_) if recipients.is_empty() => return Err(MessageError::NobodyThere),
            Audience::Person(_) => Addressed::Direct,
        };
        self.entries.push(Entry {
            id: self.ids.next(),
            author: self.me.clone(),
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
    pub fn person_came(&mut self, peer: PeerId, name: DisplayName, arrival: Arrival, now: Moment) {
        if let Some(known) = self.people.iter_mut().find(|person| person.peer == peer) {
            known.name = name;
            return;
        }
        let mut person = Correspondent {
            peer,
            name,
            arrival,
            line: Line::Closed,
            waiting: false,
            pace: Allowance::new(
                TokenBucket::full(200, 20.0, now),
                TokenBucket::full(1024 * 1024, 128.0 * 1024.0, now),
            ),
            answered: None,
            wants_history: false,
        };
        for entry in self.entries.iter_mut() {
            if entry.addressed == Addressed::Direct {
                continue;
            }
            let Origin::Mine { recipients, at } = &mut entry.origin else {
                continue;
            };
            let reached_all = recipients
                .iter()
                .all(|recipient| recipient.receipt == Receipt::Delivered);
            if now.since(*at) <= GRACE_MS || !reached_all {
                recipients.push(person.recipient());
                person.waiting = true;
            }
        }
        self.people.push(person);
    }

    /// Somebody is gone for good.
    pub fn person_left(&mut self, peer: &PeerId, now: Moment) -> Vec<ChatEffect> {
        self.people.retain(|person| person.peer != *peer);
        self.quest.forget(peer);
        for entry in self.entries.iter_mut() {
            if let Some(receipt) = entry.receipt_mut(peer)
                && *receipt != Receipt::Delivered
            {
                *receipt = Receipt::Missed;
            }
        }
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

    /// Time passed: a few times a second.
    pub fn tick(&mut self, now: Moment) -> Vec<ChatEffect> {
        let mut effects = Vec::new();
        self.ask_for_history(now, &mut effects);
        self.answer_history(now, &mut effects);
        self.send_waiting(now, &mut effects);
        effects
    }

    /// A person in the room sent a frame that concerns the conversation; others are ignored here.
    ///
    /// # Errors
    /// [`Violation`] when it breaks a rule; it changed nothing then.
    pub fn receive(
        &mut self,
        from: &PeerId,
        frame: ChatFrame,
        now: Moment,
    ) -> Result<Vec<ChatEffect>, Violation> {
        match frame {
            ChatFrame::Message {
                id,
                text,
                sent_at,
                to,
            } => Ok(self.hear(from, id, text, sent_at, to, now)),
            ChatFrame::Received { id } => {
                let key = (self.me.clone(), id);
                let receipt = self
                    .entries
                    .find_mut(&key)
                    .and_then(|entry| entry.receipt_mut(from));
                if let Some(receipt) = receipt {
                    *receipt = Receipt::Delivered;
                }
                Ok(Vec::new())
            }
            ChatFrame::HistoryRequest => {
                if let Some(person) = self.person_mut(from) {
                    person.wants_history = true;
                }
                Ok(self.tick(now))
            }
            ChatFrame::History { entries, more } => {
                self.merge(from, entries, more, now)?;
                Ok(self.tick(now))
            }
            ChatFrame::Recording { .. } | ChatFrame::App(_) | ChatFrame::Unknown => Ok(Vec::new()),
        }
    }

    fn hear(
        &mut self,
        from: &PeerId,
        id: MessageId,
        text: MessageText,
        sent_at: WallTime,
        addressed: Addressed,
        now: Moment,
    ) -> Vec<ChatEffect> {
        let Some(name) = self.name_of(from) else {
            return Vec::new();
        };
        let mut effects = vec![ChatEffect::Send {
            to: from.clone(),
            frame: ChatFrame::Received { id: id.clone() },
        }];
        let key = (from.clone(), id.clone());
        let entry = Entry {
            id,
            author: from.clone(),
            name,
            text,
            sent_at: sent_at.min(self.wall(now)),
            addressed,
            origin: Origin::Heard,
        };
        if self.entries.contains(&key) {
            self.entries.overrule(entry);
            return effects;
        }
        self.entries.push(entry);
        if self.attention == Attention::Elsewhere {
            self.unread += 1;
        }
        effects.push(ChatEffect::Arrived {
            from: from.clone(),
            addressed,
        });
        effects
    }

    fn merge(
        &mut self,
        from: &PeerId,
        entries: Vec<HistoryEntry>,
        more: bool,
        now: Moment,
    ) -> Result<(), Violation> {
        let mut cursor = self.quest.heard(from, entries.len(), more, now)?;
        for told in entries {
            let key = (told.author.clone(), told.id.clone());
            if !self.entries.contains(&key) {
                let entry = Entry {
                    name: self.name_of(&told.author).unwrap_or(told.name),
                    id: told.id,
                    author: told.author,
                    text: told.text,
                    sent_at: told.sent_at.min(self.wall(now)),
                    addressed: Addressed::Everyone,
                    origin: Origin::Relayed { by: from.clone() },
                };
                self.entries.insert_behind(cursor.as_ref(), entry);
            }
            cursor = Some(key);
        }
        self.quest.place(from, cursor);
        Ok(())
    }

    fn ask_for_history(&mut self, now: Moment, effects: &mut Vec<ChatEffect>) {
        let reachable: Vec<&PeerId> = self
            .people
            .iter()
            .filter(|person| person.arrival == Arrival::BeforeMe && person.line == Line::Open)
            .map(|person| &person.peer)
            .collect();
        if let Some(to) = self.quest.next(&reachable, now) {
            effects.push(ChatEffect::Send {
                to,
                frame: ChatFrame::HistoryRequest,
            });
        }
    }

    fn answer_history(&mut self, now: Moment, effects: &mut Vec<ChatEffect>) {
        let alone_before = || {
            let before = |person: &Correspondent| person.arrival == Arrival::BeforeMe;
            !self.people.iter().any(before)
        };
        if !self.quest.can_answer() && !alone_before() {
            return;
        }
        for person in &mut self.people {
            let rested = person
                .answered
                .is_none_or(|answered| now.since(answered) >= HISTORY_PAUSE_MS);
            if !(person.wants_history && person.line == Line::Open && rested) {
                continue;
            }
            person.wants_history = false;
            person.answered = Some(now);
            effects.extend(
                answer(self.entries.iter())
                    .into_iter()
                    .map(|frame| ChatEffect::Send {
                        to: person.peer.clone(),
                        frame,
                    }),
            );
        }
    }

    fn send_waiting(&mut self, now: Moment, effects: &mut Vec<ChatEffect>) {
        for person in &mut self.people {
            if !person.waiting || person.line == Line::Closed {
                continue;
            }
            person.waiting = false;
            for entry in self.entries.iter_mut() {
                let frame = entry.to_message();
                let size = entry.text.as_str().len() + 200;
                let Some(receipt) = entry.receipt_mut(&person.peer) else {
                    continue;
                };
                if *receipt != Receipt::Waiting {
                    continue;
                }
                if !person.pace.take(size, now) {
                    person.waiting = true;
                    break;
                }
                *receipt = Receipt::Sent;
                effects.push(ChatEffect::Send {
                    to: person.peer.clone(),
                    frame,
                });
            }
        }
    }

    fn unacknowledged_wait_again(&mut self, peer: &PeerId) {
        for entry in self.entries.iter_mut() {
            if let Some(receipt) = entry.receipt_mut(peer)
                && *receipt == Receipt::Sent
            {
                *receipt = Receipt::Waiting;
            }
        }
    }

    fn person_mut(&mut self, peer: &PeerId) -> Option<&mut Correspondent> {
        self.people.iter_mut().find(|person| person.peer == *peer)
    }

    fn name_of(&self, peer: &PeerId) -> Option<DisplayName> {
        if *peer == self.me {
            return Some(self.name.clone());
        }
        let person = self.people.iter().find(|person| person.peer == *peer);
        person.map(|person| person.name.clone())
    }

    fn wall(&self, now: Moment) -> WallTime {
        WallTime(self.page_opened.0.saturating_add(now.0))
    }
}

impl Correspondent {
    fn recipient(&self) -> Recipient {
        Recipient {
            peer: self.peer.clone(),
            name: self.name.clone(),
            receipt: Receipt::Waiting,
        }
    }
}

#[cfg(test)]
#[path = "conversation_tests.rs"]
mod tests;
