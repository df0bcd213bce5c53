//! Gathers what the models behind the channels want done, as effects of messaging.

use super::event::{Aspect, MessagingEffect, MessagingNotice};
use crate::protocol::PeerId;
use crate::room::channel::Channel;
use crate::room::messaging::channel::frame::Frame;
use crate::room::messaging::chat::change::EntryChange;
use crate::room::messaging::files::effect::TransferEffect;
use crate::room::messaging::live::state::LiveEffect;

/// Collects what should be done; tells each changed aspect once.
#[derive(Default)]
pub(crate) struct Effects(pub(crate) Vec<MessagingEffect>);

impl Effects {
    pub(crate) fn send(&mut self, peer: &PeerId, channel: Channel, frame: Frame) {
        self.0.push(MessagingEffect::Send {
            peer: peer.clone(),
            channel,
            frame,
        });
    }

    pub(crate) fn notify(&mut self, notice: MessagingNotice) {
        self.0.push(MessagingEffect::Notify(notice));
    }

    pub(crate) fn changed(&mut self, aspect: Aspect) {
        let changed = MessagingEffect::Changed(aspect);
        if !self.0.contains(&changed) {
            self.0.push(changed);
        }
    }

    /// What became of the conversation, if anything did.
    pub(crate) fn conversation(&mut self, changes: Vec<EntryChange>) {
        if !changes.is_empty() {
            self.0.push(MessagingEffect::Conversation(changes));
        }
    }

    pub(crate) fn transfers(&mut self, transfers: Vec<TransferEffect>) {
        for effect in transfers {
            match effect {
                TransferEffect::Send { to, frame } => {
                    let control = matches!(frame, Frame::Text(_));
                    self.send(&to, Channel::Files, frame);
                    if control {
                        self.changed(Aspect::Transfers);
                    }
                }
                TransferEffect::Disk(command) => self.0.push(MessagingEffect::Disk(command)),
                TransferEffect::Offered(key) => {
                    self.notify(MessagingNotice::FileOffered(key));
                    self.changed(Aspect::Transfers);
                }
                TransferEffect::Ended(key, ending) => {
                    self.notify(MessagingNotice::FileEnded(key, ending));
                    self.changed(Aspect::Transfers);
                }
            }
        }
    }

    pub(crate) fn live(&mut self, live: Vec<LiveEffect>) {
        for effect in live {
            match effect {
                LiveEffect::Send { to, frame } => self.send(&to, Channel::Live, frame.to_frame()),
                LiveEffect::Application(message) => {
                    self.0.push(MessagingEffect::Application(message))
                }
                LiveEffect::Changed => self.changed(Aspect::Live),
            }
        }
    }
}
