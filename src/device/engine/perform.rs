//! What the model decided is done, one effect after the other.

use std::sync::Arc;

use super::driver::Engine;
use crate::device::connection::report::{ConnectionOrder, WantedMedia};
use crate::device::lines::event::{Arrived, Event, Line};
use crate::device::words;
use crate::protocol::{ClientMessage, ParticipantKind, ResumeToken};
use crate::room::messaging::application::ReceivedApplicationMessage;
use crate::room::messaging::channel::{Channel, Reliability};
use crate::room::messaging::chat::{Addressed, ChatEntry, Delivery, EntryChange, Origin};
use crate::room::messaging::files::{Side, TransferStage};
use crate::room::sending::VideoTarget;
use crate::room::{Aspect, Awaited, FileAction, Notice, VisitAction, VisitEffect, VisitEvent};

impl Engine {
    /// Does one thing.
    pub(super) fn perform(&mut self, effect: VisitEffect) {
        match effect {
            VisitEffect::Connect { after_ms: 0 } => {
                self.signaling.connect(&self.options, &*self.network);
            }
            VisitEffect::Connect { after_ms } => self.signaling.connect_after(after_ms),
            VisitEffect::Disconnect => self.signaling.disconnect(),
            VisitEffect::Send(message) => self.say(message),
            VisitEffect::GiveUpSeat { resume, .. } => {
                self.signaling.give_up_seat(&self.options, resume);
            }
            VisitEffect::Path { path, to, command } => self.command_path(path, to, command),
            VisitEffect::SetIceTransportPolicy(policy) => self.set_ice_transport_policy(policy),
            VisitEffect::CountArrivals { path, awaited } => {
                // What a device does not take does not come, and is not missed. The SFU says something all the time.
                let is_taken = self.options.media_wish().receives || self.is_hub(path);
                let awaited = if is_taken { awaited } else { Awaited::Nothing };
                self.order(path, ConnectionOrder::Count(awaited));
            }
            VisitEffect::ReadConnections => self.pending.push_back(VisitEvent::ReadingsEnded),
            VisitEffect::Steer(peer, targets) => {
                let wanted = WantedMedia {
                    pictures: is_on(targets.camera),
                    sound: targets.sound,
                };
                self.order_to(&peer, ConnectionOrder::Send(wanted));
            }
            VisitEffect::SteerHub(path, targets) => {
                // There is one layer, and it stands for all.
                let wanted = WantedMedia {
                    pictures: targets.camera.iter().any(|layer| is_on(layer.target)),
                    sound: targets.sound,
                };
                self.order(path, ConnectionOrder::Send(wanted));
            }
            VisitEffect::Attribute(carried) => {
                self.order_to_hub(ConnectionOrder::Attribute(carried));
            }
            VisitEffect::Choose(peer, kind, path) => self.choices.choose(peer, kind, path),
            VisitEffect::TransmitToHub { channel, frame } => {
                self.order_to_hub(ConnectionOrder::Transmit(channel, frame));
            }
            VisitEffect::OpenHubChannel(channel) => {
                self.order_to_hub(ConnectionOrder::ReopenChannel(channel));
            }
            VisitEffect::Capture(command) => self.command_media(command),
            VisitEffect::Transmit {
                peer,
                channel,
                frame,
            } => self.order_to(&peer, ConnectionOrder::Transmit(channel, frame)),
            VisitEffect::CloseChannel { peer, channel } => {
                self.order_to(&peer, ConnectionOrder::CloseChannel(channel));
                if channel == Channel::Chat {
                    self.lose(&peer);
                }
            }
            VisitEffect::Reached(peer) => self.reach(&peer),
            VisitEffect::Lost(peer) => self.lose(&peer),
            VisitEffect::Notify(notice) => self.tell_notice(notice),
            VisitEffect::HandToApplications { name, message } => self.hand_over(name, message),
            VisitEffect::RefuseApplication(error) => {
                self.refusal = Some(error);
            }
            VisitEffect::LookAtPage => {
                self.pending.push_back(VisitEvent::Sight(self.sight()));
            }
            VisitEffect::Conversation(changes) => self.tell_conversation(changes),
            VisitEffect::Changed(Aspect::Call) => self.follow_standing(),
            VisitEffect::Changed(Aspect::People) => self.follow_call(),
            VisitEffect::Changed(Aspect::Files) => self.decline_files(),
            VisitEffect::SampleLines => self.sample_lines(),
            // What a page shows, plays, remembers or keeps on a disk.
            VisitEffect::Changed(_)
            | VisitEffect::Screen(_)
            | VisitEffect::AttachTracks
            | VisitEffect::Disk(_)
            | VisitEffect::KeepWithPage(_)
            | VisitEffect::SaveFile(..)
            | VisitEffect::ForgetFile(_)
            | VisitEffect::Offer(..)
            | VisitEffect::Play(_)
            | VisitEffect::KeepAwake(_)
            | VisitEffect::Recording(_)
            | VisitEffect::Remember => {}
        }
    }

    /// Says something to the server: with the right to the seat, and with numbers that were not used before.
    fn say(&mut self, message: ClientMessage) {
        let message = match message {
            ClientMessage::Join {
                room,
                name,
                resume,
                media,
                sfu,
                ..
            } => ClientMessage::Join {
                room,
                name,
                resume: resume.or_else(|| self.resume.clone()),
                media,
                kind: ParticipantKind::Device,
                sfu,
            },
            other => self.numbers.outgoing(other),
        };
        self.signaling.send(message);
    }

    /// Keeps the right to the seat.
    pub(super) fn keep_seat(&mut self, resume: ResumeToken) {
        if let Some(state) = &mut self.state
            && let Err(error) = state.keep(&resume, self.numbers.base())
        {
            self.tell_of_trouble("state-not-kept", error.to_string());
        }
        self.resume = Some(resume);
    }

    /// Tells the program why something was not done.
    pub(super) fn refuse(&mut self, code: &'static str, message: String) {
        self.output.tell(Event::Error {
            code,
            message,
            of: self.line_number,
        });
    }

    /// Tells the program what went wrong that is about none of its lines.
    pub(super) fn tell_of_trouble(&mut self, code: &'static str, message: String) {
        self.output.tell(Event::Error {
            code,
            message,
            of: None,
        });
    }

    fn tell_notice(&mut self, notice: Notice) {
        match notice {
            Notice::NotSent(error) => {
                let (code, message) = words::not_sent(error);
                self.refuse(code, message);
            }
            Notice::CutOff(name, _) => {
                self.tell_of_trouble("cut-off", words::cut_off(&name.to_string()));
            }
            Notice::Refused(message) => self.tell_of_trouble("server", message),
            _ => {}
        }
    }

    fn hand_over(&mut self, name: String, received: Arc<ReceivedApplicationMessage>) {
        let ReceivedApplicationMessage {
            from,
            reliability,
            message,
        } = Arc::unwrap_or_clone(received);
        if let Some(acknowledged) = self.acknowledgements.hear(&from, &message) {
            self.output.tell(Event::Acknowledged {
                of: acknowledged.of,
                from,
                error: acknowledged.error,
            });
            return;
        }
        self.output.tell(Line::Message(Arrived {
            topic: message.topic.into(),
            data: message.data,
            from,
            name,
            reliable: reliability == Reliability::ReliableOrdered,
            ack: message.ack,
        }));
    }

    fn tell_conversation(&mut self, changes: Vec<EntryChange>) {
        for change in changes {
            match change {
                EntryChange::Inserted { entry, .. } if entry.is_mine() => {
                    let id = entry.id.as_str().to_owned();
                    self.output.tell(Event::ChatSent { id });
                    self.tell_delivery(&entry);
                }
                EntryChange::Inserted { entry, .. } => self.output.tell(Event::Chat {
                    id: entry.id.as_str().to_owned(),
                    from: entry.author,
                    name: entry.name.to_string(),
                    text: entry.text.to_string(),
                    direct: entry.addressed == Addressed::Direct,
                    earlier: matches!(entry.origin, Origin::Relayed { .. }),
                }),
                EntryChange::Revised { entry, .. } => self.tell_delivery(&entry),
                EntryChange::Removed { .. } => {}
            }
        }
    }

    fn tell_delivery(&mut self, entry: &ChatEntry) {
        if entry.delivery() == Some(Delivery::Everyone) {
            let id = entry.id.as_str().to_owned();
            self.output.tell(Event::ChatDelivered { id });
        }
    }

    /// Declines every file that is offered: a device takes none.
    fn decline_files(&mut self) {
        let transfers = self.visit.messaging().map(|it| it.transfers().list());
        let mut offered = Vec::new();
        let mut is_over = false;
        for transfer in transfers.unwrap_or_default() {
            let is_received = transfer.key().side == Side::Receiver;
            match transfer.stage() {
                TransferStage::Offered if is_received => offered.push(transfer.key().peer.clone()),
                TransferStage::Ended(_) => is_over = true,
                _ => {}
            }
        }
        for (is_wanted, action) in [
            (!offered.is_empty(), FileAction::DeclineAll),
            (is_over, FileAction::DismissAll),
        ] {
            if is_wanted {
                let action = VisitAction::Files(action);
                self.pending.push_back(VisitEvent::Wanted(action));
            }
        }
        for from in offered {
            self.output.tell(Event::FileDeclined { from });
        }
    }
}

fn is_on(target: VideoTarget) -> bool {
    matches!(target, VideoTarget::On { .. })
}
