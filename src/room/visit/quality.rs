//! What is read of connections, and what is sent because of it.
//!
//! Invariant: a round of readings begins only when the one before has ended.

use super::effect::{Aspect, VisitEffect};
use super::page::CapturedPictures;
use super::sfu_event::SfuEvent;
use super::state::Visit;
use super::turn::VisitTurn;
use crate::protocol::PeerId;
use crate::protocol::sfu::SfuTerms;
use crate::room::hub::HubEvent;
use crate::room::moment::Moment;
use crate::room::path::need::Need;
use crate::room::quality::reading::Reading;
use crate::room::sending::target::{Screen, SendingSettings};

/// A camera is taken to give so many frames each second while it is off.
const USUAL_FRAME_RATE: f64 = 30.0;

impl Visit {
    /// Has the connections read when it is time.
    pub(super) fn read_when_due(&mut self, turn: &mut VisitTurn) {
        if self
            .reading_due()
            .is_some_and(|due| due <= turn.context.now)
        {
            self.quality.begin_round(turn.context.now);
            turn.effect(VisitEffect::ReadConnections);
        }
    }

    /// Connections are read next at this moment.
    pub(super) fn reading_due(&self) -> Option<Moment> {
        if self.connections.is_empty() && !self.hub.is_connected() {
            return None;
        }
        self.quality.due()
    }

    /// A connection was read; one that was replaced meanwhile says nothing any more.
    pub(super) fn read(&mut self, reading: Reading, turn: &mut VisitTurn) {
        if reading.peer.as_str() == SfuTerms::PEER {
            self.tell_sfu(SfuEvent::Read(&reading), turn);
            return;
        }
        let connection = self.connections.to(&reading.peer);
        if connection.is_none_or(|connection| connection.generation != reading.generation) {
            return;
        }
        let person = self.call.person(&reading.peer);
        let expected = person.map(|person| person.media);
        self.quality.take(reading, expected, turn.context.now);
    }

    /// All connections were read: sends accordingly.
    pub(super) fn readings_ended(&mut self, turn: &mut VisitTurn) {
        self.forget_quality_of_the_unconnected();
        let feedback = self.quality.end_round();
        if !feedback.is_empty() {
            self.sending.observe(&feedback);
        }
        self.steer(turn);
        self.tell_sfu(SfuEvent::Hub(HubEvent::Sending), turn);
        turn.changed(Aspect::Quality);
    }

    /// Who is not connected any more has no quality.
    pub(super) fn forget_quality_of_the_unconnected(&mut self) {
        let (connections, call) = (&self.connections, &self.call);
        self.quality.keep(|peer| {
            let person = call.person(peer);
            connections.to(peer).is_some() || person.is_some_and(|it| it.need != Need::Media)
        });
    }

    /// Other pictures are captured.
    pub(super) fn send_pictures(&mut self, pictures: CapturedPictures, turn: &mut VisitTurn) {
        self.pictures = pictures;
        self.steer_by_what_is_captured(turn);
    }

    /// What is captured, and how sparing the user is, decides what can be sent.
    pub(super) fn steer_by_what_is_captured(&mut self, turn: &mut VisitTurn) {
        self.sending.set_settings(self.sending_settings());
        self.steer(turn);
        self.tell_sfu(SfuEvent::Hub(HubEvent::Sending), turn);
    }

    /// What is captured, and how sparing the user is.
    pub(super) fn sending_settings(&self) -> SendingSettings {
        SendingSettings {
            camera_lines: self.pictures.camera.map(|(lines, _)| lines),
            frame_rate: self
                .pictures
                .camera
                .map_or(USUAL_FRAME_RATE, |(_, rate)| rate),
            screen: if self.pictures.screen {
                Screen::Shared
            } else {
                Screen::NotShared
            },
            data: self.preferences.data,
        }
    }

    /// Connections came or went.
    pub(super) fn steer_to_everyone_connected(&mut self, turn: &mut VisitTurn) {
        let people: Vec<PeerId> = self.connections.people().cloned().collect();
        self.sending.set_peers(people);
        self.steer(turn);
    }

    /// Has sent what is to be sent from now on, where that is different.
    pub(super) fn steer(&mut self, turn: &mut VisitTurn) {
        for (peer, targets) in self.sending.take_changes() {
            turn.effect(VisitEffect::Steer(peer, targets));
        }
    }
}

#[cfg(test)]
#[path = "tests/quality.rs"]
mod tests;
