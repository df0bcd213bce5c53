//! The way of a frame from a channel, past its sender's guard, to the model it concerns.

use super::event::{Aspect, MessagingEffect, MessagingNotice};
use super::frame::ChatFrame;
use super::outbound::Effects;
use super::state::Messaging;
use crate::protocol::PeerId;
use crate::room::channel::{Channel, Reliability};
use crate::room::messaging::application::{ApplicationMessage, ReceivedApplicationMessage};
use crate::room::messaging::channel::frame::{Frame, Violation};
use crate::room::messaging::channel::guard::Admission;
use crate::room::messaging::files::gate::ContentGate;
use crate::room::messaging::files::wire::FileFrame;
use crate::room::messaging::live::frame::LiveFrame;
use crate::room::messaging::recorders::Recording;
use crate::room::moment::Moment;

impl Messaging {
    pub(crate) fn frame(
        &mut self,
        peer: &PeerId,
        channel: Channel,
        frame: Frame,
        now: Moment,
        effects: &mut Effects,
    ) {
        let key = (peer.clone(), channel);
        let Some(guard) = self.guards.get_mut(&key) else {
            return;
        };
        if guard.cut_off().is_some() {
            return;
        }
        let admission = match guard.admit(&frame, now) {
            Admission::Admitted => match self.receive(peer, channel, frame, now, effects) {
                Ok(()) => return,
                Err(violation) => match (self.guards.get_mut(&key), violation) {
                    (Some(guard), Violation::Malformed) => guard.malformed(now),
                    (Some(guard), Violation::Lie) => guard.lied(),
                    (None, _) => return,
                },
            },
            refused => refused,
        };
        let Admission::CutOff(reason) = admission else {
            return;
        };
        let peer = peer.clone();
        if let Some(name) = self.people.get(&peer) {
            let name = name.clone();
            effects.notify(MessagingNotice::CutOff {
                name,
                channel,
                reason,
            });
        }
        self.channel_closed(&peer, channel, now, effects);
        if channel == Channel::Files {
            effects.transfers(self.transfers.cut_off(&peer, now));
        }
        effects
            .0
            .push(MessagingEffect::CloseChannel { peer, channel });
    }

    pub(crate) fn receive(
        &mut self,
        from: &PeerId,
        channel: Channel,
        frame: Frame,
        now: Moment,
        effects: &mut Effects,
    ) -> Result<(), Violation> {
        match channel {
            Channel::Chat => match ChatFrame::parse(&frame)? {
                ChatFrame::Recording { on } => {
                    let recording = if on { Recording::On } else { Recording::Off };
                    self.heard_recording(from, recording, now, effects);
                }
                ChatFrame::Viewing(request) => effects.0.push(MessagingEffect::View {
                    peer: from.clone(),
                    request,
                }),
                ChatFrame::App(message) => {
                    ApplicationMessage::check_size(&frame, Reliability::ReliableOrdered)
                        .map_err(|_| Violation::Malformed)?;
                    let received = ReceivedApplicationMessage {
                        from: from.clone(),
                        reliability: Reliability::ReliableOrdered,
                        message,
                    };
                    effects.0.push(MessagingEffect::Application(received));
                }
                said => {
                    let chat = self.conversation.receive(from, said, now)?;
                    self.chat(chat, effects);
                }
            },
            Channel::Files => {
                let parsed = FileFrame::parse(frame)?;
                if matches!(parsed, FileFrame::Control(_)) {
                    effects.changed(Aspect::Transfers);
                }
                effects.transfers(self.transfers.receive(from, parsed, now)?);
            }
            Channel::Live => {
                let parsed = LiveFrame::parse(&frame)?;
                effects.live(self.live.receive(from, parsed, now));
            }
        }
        Ok(())
    }

    /// Content of files may go to somebody from now on, or may not.
    pub(crate) fn set_gate(
        &mut self,
        peer: &PeerId,
        gate: ContentGate,
        now: Moment,
        effects: &mut Effects,
    ) {
        effects.transfers(self.transfers.set_gate(peer, gate, now));
        effects.changed(Aspect::Transfers);
    }

    pub(crate) fn heard_recording(
        &mut self,
        from: &PeerId,
        recording: Recording,
        now: Moment,
        effects: &mut Effects,
    ) {
        if !self.recorders.set(from, recording, now) {
            return;
        }
        if let Some(name) = self.people.get(from).cloned() {
            effects.notify(match recording {
                Recording::On => MessagingNotice::RecordingStarted(name),
                Recording::Off => MessagingNotice::RecordingStopped(name),
            });
        }
        effects.changed(Aspect::Recorders);
    }
}
