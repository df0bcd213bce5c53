//! What is told in passing, with its sound; and what follows from how loud everybody is.

use super::effect::{Aspect, VisitEffect};
use super::state::Visit;
use super::turn::VisitTurn;
use crate::protocol::PeerId;
use crate::room::attention::sound::sound_of_notice;
use crate::room::call::person::Person;
use crate::room::notice::{Notice, Occasion};
use crate::room::participant::Participant;
use crate::room::switch::Switch;

impl Visit {
    /// Tells something in passing; what happens to several people at about the same time is told together.
    pub(super) fn tell(&mut self, notice: Notice, turn: &mut VisitTurn) {
        let notice = match notice {
            Notice::People(occasion, names, said) => {
                let people = self.people_with(occasion);
                let now = turn.context.now;
                self.gathering
                    .hear(now, occasion, names.first, said, people)
            }
            other => Some(other),
        };
        if let Some(notice) = notice {
            self.tell_aloud(notice, turn);
        }
    }

    /// So many are in the room, I among them, together with somebody to whom this happens: people, and the devices too where it
    /// is about one.
    fn people_with(&self, occasion: Occasion) -> usize {
        let count = self.call.call().map_or(1, |call| {
            if occasion.is_of_device() {
                call.people.len() + 1
            } else {
                call.head_count()
            }
        });
        match occasion {
            // They are not among the others any more.
            Occasion::Went | Occasion::Lost | Occasion::DeviceWent => count + 1,
            _ => count,
        }
    }

    /// Tells what was gathered and is due.
    pub(super) fn tell_what_was_gathered(&mut self, turn: &mut VisitTurn) {
        for notice in self.gathering.tick(turn.context.now) {
            self.tell_aloud(notice, turn);
        }
    }

    /// Tells something with its sound, unless the user wants none or it was made a moment ago.
    fn tell_aloud(&mut self, notice: Notice, turn: &mut VisitTurn) {
        if let Some(sound) = sound_of_notice(&notice)
            && self
                .sounds
                .admit(turn.context.now, sound, self.preferences.sounds)
        {
            turn.effect(VisitEffect::Play(sound));
        }
        self.tell_quietly(notice, turn);
    }

    /// Tells something in passing that never has a sound.
    pub(super) fn tell_quietly(&self, notice: Notice, turn: &mut VisitTurn) {
        turn.effect(VisitEffect::Notify(notice));
    }

    /// What is shown of somebody's level: whoever is muted is silent to themselves, too.
    pub fn shown_level(&self, participant: &Participant, level: f32) -> f32 {
        match (participant, self.media.microphone.switch) {
            (Participant::Me, Switch::Off) => 0.0,
            _ => level,
        }
    }

    /// Everybody is this loud.
    pub(super) fn hear_levels(&mut self, levels: &[(Participant, f32)], turn: &mut VisitTurn) {
        let now = turn.context.now;
        let mut others: Vec<(PeerId, f32)> = Vec::with_capacity(levels.len());
        for (participant, level) in levels {
            match participant {
                Participant::Me => {
                    let microphone = self.media.microphone.switch;
                    if self.is_in_call() && self.muted_hint.hear(now, *level, microphone) {
                        self.tell_quietly(Notice::SpeakingWhileMuted, turn);
                    }
                }
                Participant::Peer(peer) => {
                    // Nothing could be shown of whoever has no tile.
                    if self.call.person(peer).is_some_and(Person::has_tile) {
                        others.push((peer.clone(), *level));
                    }
                }
            }
        }
        let before = self.speaker.speaker().cloned();
        if self.speaker.hear(now, &others) != before.as_ref() {
            turn.changed(Aspect::Speaker);
            turn.views_moved = true;
        }
    }
}

#[cfg(test)]
#[path = "tests/attention.rs"]
mod tests;
