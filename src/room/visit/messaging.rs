//! What people send each other beside media: what its model wants done.

use super::effect::{Aspect, VisitEffect};
use super::sfu_event::SfuEvent;
use super::state::Visit;
use super::turn::VisitTurn;
use crate::room::channel::Channel;
use crate::room::messaging::application::{ApplicationError, ApplicationRequest};
use crate::room::messaging::chat::conversation::Attention;
use crate::room::messaging::event::{
    Aspect as MessagingAspect, MessagingAction, MessagingEffect, MessagingEvent, MessagingNotice,
};
use crate::room::messaging::files::effect::DiskCommand;
use crate::room::messaging::files::sending::PickedFile;
use crate::room::notice::{Notice, Occasion};

impl Visit {
    /// A data channel of a direct path or a disk has something, or others came or went.
    pub(super) fn hear_messaging(&mut self, event: MessagingEvent, turn: &mut VisitTurn) {
        if !self.tell_sfu(SfuEvent::Messaging(&event), turn) {
            self.tell_messaging(event, turn);
        }
    }

    /// Tells messaging of something.
    pub(super) fn tell_messaging(&mut self, event: MessagingEvent, turn: &mut VisitTurn) {
        if let MessagingEvent::ChannelOpened {
            peer,
            channel: Channel::Chat,
        } = &event
        {
            self.viewing.channel_opened(peer);
            turn.views_moved = true;
        }
        if let Some(messaging) = &mut self.messaging {
            let effects = messaging.handle(event, turn.context.now);
            self.perform_messaging(effects, turn);
        }
    }

    /// Does what the user wants of messaging; what cannot be done is told, and lets go of the files it was about.
    pub(super) fn act_on_messaging(&mut self, action: MessagingAction, turn: &mut VisitTurn) {
        if matches!(action, MessagingAction::Attend(Attention::Reading)) {
            self.gathering.forget_messages();
        }
        let offered = match &action {
            MessagingAction::Offer { files, .. } => files.clone(),
            _ => Vec::new(),
        };
        let now = turn.context.now;
        match self.messaging.as_mut().map(|it| it.act(action, now)) {
            Some(Ok(effects)) => return self.perform_messaging(effects, turn),
            Some(Err(error)) => self.tell_quietly(Notice::NotSent(error), turn),
            None => {}
        }
        for PickedFile { source, .. } in offered {
            turn.effect(VisitEffect::Disk(DiskCommand::Release { source }));
        }
    }

    /// Sends what a program in the page wants sent; what cannot be sent is told to the program.
    pub(super) fn send_for_application(
        &mut self,
        request: ApplicationRequest,
        turn: &mut VisitTurn,
    ) {
        if let Err(error) = self.send(request, turn) {
            turn.effect(VisitEffect::RefuseApplication(error));
        }
    }

    /// Sends a message of a program, or of the dashboard; whoever wants it sent is to tell why it is not.
    pub(super) fn send(
        &mut self,
        request: ApplicationRequest,
        turn: &mut VisitTurn,
    ) -> Result<(), ApplicationError> {
        let messaging = self.messaging.as_mut().ok_or(ApplicationError::NoCall)?;
        let effects = messaging.send(request, turn.context.now)?;
        self.perform_messaging(effects, turn);
        Ok(())
    }

    /// Adds what messaging wants done.
    pub(super) fn perform_messaging(
        &mut self,
        effects: Vec<MessagingEffect>,
        turn: &mut VisitTurn,
    ) {
        for effect in effects {
            match effect {
                MessagingEffect::Send {
                    peer,
                    channel,
                    frame,
                } => {
                    if !self.tell_sfu(SfuEvent::Transmit(&peer, channel, &frame), turn) {
                        turn.effect(VisitEffect::Transmit {
                            peer,
                            channel,
                            frame,
                        });
                    }
                }
                MessagingEffect::CloseChannel { peer, channel } => {
                    turn.effect(VisitEffect::CloseChannel { peer, channel });
                }
                MessagingEffect::Disk(command) => turn.effect(VisitEffect::Disk(command)),
                MessagingEffect::Notify(notice) => self.tell_of_messaging(notice, turn),
                MessagingEffect::View { peer, request } => {
                    self.sending.set_view(&peer, request);
                    self.steer(turn);
                }
                MessagingEffect::Changed(MessagingAspect::Transfers) => {
                    self.kept.show_soon(turn.context.now);
                }
                MessagingEffect::Conversation(changes) => {
                    turn.effect(VisitEffect::Conversation(changes));
                }
                MessagingEffect::Changed(MessagingAspect::Unread) => turn.changed(Aspect::Unread),
                MessagingEffect::Changed(MessagingAspect::Live) => turn.changed(Aspect::Live),
                MessagingEffect::Changed(MessagingAspect::Recorders) => {
                    turn.changed(Aspect::Recorders);
                }
                MessagingEffect::Application(message) => self.hear_application(message, turn),
            }
        }
    }

    fn tell_of_messaging(&mut self, notice: MessagingNotice, turn: &mut VisitTurn) {
        match notice {
            MessagingNotice::CutOff { name, channel, .. } => {
                self.tell(Notice::CutOff(name, channel), turn);
            }
            MessagingNotice::FileOffered(_) | MessagingNotice::FileEnded(..) => {
                self.show_files(turn);
            }
            MessagingNotice::Message {
                from,
                addressed,
                text,
            } => {
                let unread = self.messaging.as_ref().map(|it| it.conversation().unread());
                if unread.is_some_and(|unread| unread > 0) {
                    let said = Notice::said(addressed, from, text.beginning());
                    self.tell(said, turn);
                }
            }
            MessagingNotice::RecordingStarted(name) => {
                self.tell(Notice::of(Occasion::RecordingStarted, name), turn);
            }
            MessagingNotice::RecordingStopped(name) => {
                self.tell(Notice::of(Occasion::RecordingStopped, name), turn);
            }
        }
    }
}

#[cfg(test)]
#[path = "tests/messaging.rs"]
mod tests;
