//! The speaking side of the conversation: what is sent, asked and answered when it can be.

use super::conversation::{ChatEffect, Conversation};
use super::correspondent::{Line, allowed_size};
use super::entry::Receipt;
use super::history::answer;
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
        if let Some(to) = self.quest.next(&reachable, now) {
            effects.push(ChatEffect::Send {
                to,
                frame: ChatFrame::HistoryRequest,
            });
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

    pub(crate) fn send_waiting(&mut self, now: Moment, effects: &mut Vec<ChatEffect>) {
        for person in &mut self.people {
            if !person.waiting || person.line == Line::Closed {
                continue;
            }
            person.waiting = false;
            for entry in self.entries.iter_mut() {
                let size = allowed_size(entry);
                let Some(receipt) = entry.receipt_mut(&person.peer) else {
                    continue;
                };
                if *receipt != Receipt::Waiting {
                    continue;
                }
                if !person.pace.take(size, now.0) {
                    person.waiting = true;
                    break;
                }
                *receipt = Receipt::Sent;
                effects.push(ChatEffect::Send {
                    to: person.peer.clone(),
                    frame: entry.to_message(),
                });
            }
        }
    }

    pub(crate) fn unacknowledged_wait_again(&mut self, peer: &PeerId) {
        for entry in self.entries.iter_mut() {
            if let Some(receipt) = entry.receipt_mut(peer)
                && *receipt == Receipt::Sent
            {
                *receipt = Receipt::Waiting;
            }
        }
    }
}
