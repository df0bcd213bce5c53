//! The speaking side of the conversation: what is sent, asked and answered when it can be.

use super::conversation::{ChatEffect, Conversation};
use super::correspondent::{Line, allowed_size};
use super::entry::Receipt;
use super::history::{FirstAsked, answer};
use super::message::MessageId;
use super::receipts::Receipts;
use crate::protocol::PeerId;
use crate::room::messaging::frame::ChatFrame;
use crate::room::moment::Moment;

impl Conversation {
    pub(crate) fn ask_for_history(&mut self, now: Moment, effects: &mut Vec<ChatEffect>) {
        let reachable: Vec<&PeerId> = self
            .people
            .iter()
            .filter(|person| person.can_tell_history())
            .map(|person| &person.peer)
            .collect();
        if let Some(to) = self.quest.next(&reachable, self.first_asked(), now) {
            effects.push(ChatEffect::Send {
                to,
                frame: ChatFrame::HistoryRequest,
            });
        }
    }

    /// Many newcomers do not all ask the same person.
    pub(crate) fn first_asked(&self) -> FirstAsked {
        if self.is_large() {
            FirstAsked::ByLot
        } else {
            FirstAsked::Oldest
        }
    }

    pub(crate) fn answer_history(&mut self, now: Moment, effects: &mut Vec<ChatEffect>) {
        if !self.can_answer_history() {
            return;
        }
        for person in &mut self.people {
            if person.history_due().is_none_or(|due| due > now) {
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

    /// A person's message came: they are told so at once, or together with others of theirs where many people are.
    pub(crate) fn acknowledge(
        &mut self,
        from: &PeerId,
        id: MessageId,
        now: Moment,
        effects: &mut Vec<ChatEffect>,
    ) {
        if self.is_large() {
            if let Some(person) = self.person_mut(from) {
                person.owed.owe(id);
            }
            self.send_receipts(now, effects);
        } else {
            effects.push(ChatEffect::Send {
                to: from.clone(),
                frame: ChatFrame::Received(Receipts::one(id)),
            });
        }
    }

    pub(crate) fn send_receipts(&mut self, now: Moment, effects: &mut Vec<ChatEffect>) {
        for person in &mut self.people {
            if person.receipts_due().is_some()
                && let Some(receipts) = person.owed.take_due(now)
            {
                effects.push(ChatEffect::Send {
                    to: person.peer.clone(),
                    frame: ChatFrame::Received(receipts),
                });
            }
        }
    }

    pub(crate) fn send_waiting(&mut self, now: Moment, effects: &mut Vec<ChatEffect>) {
        for person in &mut self.people {
            if !person.waiting || person.line == Line::Closed {
                continue;
            }
            person.waiting = false;
            self.entries.revise_each(|entry| {
                let size = allowed_size(entry);
                let sent = entry.revise_receipt(&person.peer, |receipt| match receipt {
                    Receipt::Waiting if !person.waiting && person.pace.take(size, now.0) => {
                        Receipt::Sent
                    }
                    Receipt::Waiting => {
                        person.waiting = true;
                        Receipt::Waiting
                    }
                    other => other,
                });
                if sent {
                    effects.push(ChatEffect::Send {
                        to: person.peer.clone(),
                        frame: entry.to_message(),
                    });
                }
                sent
            });
        }
    }

    pub(crate) fn unacknowledged_wait_again(&mut self, peer: &PeerId) {
        self.entries.revise_each(|entry| {
            entry.revise_receipt(peer, |receipt| match receipt {
                Receipt::Sent => Receipt::Waiting,
                other => other,
            })
        });
    }
}
