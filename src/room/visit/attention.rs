//! What is told in passing, with its sound; and what follows from how loud everybody is.

use super::effect::{Aspect, VisitEffect};
use super::state::Visit;
use super::turn::VisitTurn;
use crate::protocol::PeerId;
use crate::room::attention::sound::sound_of_notice;
use crate::room::notice::Notice;
use crate::room::participant::Participant;
use crate::room::switch::Switch;

impl Visit {
    /// Tells something in passing, with its sound, unless the user wants none or it was made a moment ago.
    pub(super) fn tell(&mut self, notice: Notice, turn: &mut VisitTurn) {
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
                Participant::Peer(peer) => others.push((peer.clone(), *level)),
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
