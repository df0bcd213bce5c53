//! The talk's side of the engine: what the data channels and the disks report goes into the model, and out comes what is
//! sent and shown.

use std::collections::VecDeque;

use leptos::prelude::*;

use super::Engine;
use crate::client::applications::{self, Arrived, Refusal};
use crate::client::rtc::channels::ChannelReport;
use crate::protocol::{DisplayName, PeerId};
use crate::room::messaging::application::ReceivedApplicationMessage;
use crate::room::messaging::channel::{Channel, Frame, Reliability};
use crate::room::messaging::chat::WallTime;
use crate::room::messaging::{
    Aspect, Messaging, MessagingAction, MessagingEffect, MessagingEntry, MessagingError,
    MessagingEvent, MessagingNotice,
};
use crate::room::ordered::OrderedSet;
use crate::room::sending::ViewRequest;
use crate::room::{Notice, RoomState};

/// Who I am and who else is there, as the talk has to know it.
#[derive(Clone, PartialEq)]
pub(super) struct Company {
    me: PeerId,
    name: DisplayName,
    people: Vec<(PeerId, DisplayName)>,
}

impl Company {
    fn of(state: &RoomState) -> Option<Self> {
        let call = state.call()?;
        let people = call.people.iter();
        Some(Self {
            me: call.me.clone(),
            name: call.name.clone(),
            people: people
                .map(|person| (person.id.clone(), person.name.clone()))
                .collect(),
        })
    }
}

impl Engine {
    /// Begins the talk with the call, ends it with it, and tells it who is there.
    pub(super) fn follow_company(&mut self) {
        let now = self.session.state.with_untracked(Company::of);
        if now == self.company {
            return;
        }
        let before = std::mem::replace(&mut self.company, now.clone());
        match (before, now) {
            (_, None) => {
                self.stop_recording();
                self.save_files();
                self.talk = None;
                self.clear_talk();
            }
            (None, Some(company)) => {
                let circumstance = self.clock.circumstance();
                self.talk = Some(Messaging::new(MessagingEntry {
                    me: company.me,
                    name: company.name,
                    roster: company.people,
                    page_opened: WallTime(self.clock.page_opened()),
                    chance: circumstance.chance,
                    now: circumstance.now,
                }));
            }
            (Some(before), Some(company)) if before.me != company.me => {
                self.apply_talk(MessagingEvent::Reseated {
                    me: company.me,
                    roster: company.people,
                });
            }
            (Some(_), Some(company)) => self.apply_talk(MessagingEvent::Roster(company.people)),
        }
    }

    /// Tells the talk what happened, and performs what follows from it.
    pub(super) fn apply_talk(&mut self, event: MessagingEvent) {
        let now = self.clock.now();
        if let Some(talk) = &mut self.talk {
            let effects = talk.handle(event, now);
            self.perform_talk(effects);
        }
    }

    /// Does what the user wants of the talk; what cannot be done is told. Says whether it was done.
    pub(super) fn intend_talk(&mut self, intent: MessagingAction) -> bool {
        let now = self.clock.now();
        let Some(talk) = &mut self.talk else {
            return false;
        };
        match talk.intend(intent, now) {
            Ok(effects) => {
                self.perform_talk(effects);
                true
            }
            Err(error) => {
                self.tell_talk_error(error);
                false
            }
        }
    }

    /// Takes a report of a person's channel.
    pub(super) fn take_channel_report(
        &mut self,
        peer: PeerId,
        channel: Channel,
        report: ChannelReport,
    ) {
        if let (ChannelReport::Opened, Channel::Chat) = (&report, channel) {
            self.view_untold(&peer);
        }
        self.apply_talk(match report {
            ChannelReport::Opened => MessagingEvent::ChannelOpened { peer, channel },
            ChannelReport::Closed => MessagingEvent::ChannelClosed { peer, channel },
            ChannelReport::Frame(frame) => MessagingEvent::Frame {
                peer,
                channel,
                frame,
            },
            ChannelReport::BufferedLow if channel == Channel::Files => {
                let bytes = self.files_buffered(&peer);
                MessagingEvent::Buffered { peer, bytes }
            }
            ChannelReport::BufferedLow => return,
        });
    }

    /// A person's connection is gone, and its channels with it.
    pub(super) fn channels_gone(&mut self, peer: &PeerId) {
        for channel in Channel::ALL {
            self.apply_talk(MessagingEvent::ChannelClosed {
                peer: peer.clone(),
                channel,
            });
        }
    }

    fn files_buffered(&self, peer: &PeerId) -> u64 {
        let peer = self.peers.get(peer);
        peer.map_or(0, |peer| peer.buffered(Channel::Files))
    }

    fn perform_talk(&mut self, effects: Vec<MessagingEffect>) {
        let mut queue = VecDeque::from(effects);
        let mut filled = OrderedSet::new();
        loop {
            while let Some(effect) = queue.pop_front() {
                if let MessagingEffect::Send {
                    peer,
                    frame: Frame::Bytes(_),
                    ..
                } = &effect
                {
                    filled.insert(peer.clone());
                }
                self.perform_talk_effect(effect);
            }
            let Some(peer) = filled.pop_first() else {
                return;
            };
            let bytes = self.files_buffered(&peer);
            let now = self.clock.now();
            if let Some(talk) = &mut self.talk {
                queue.extend(talk.handle(MessagingEvent::Buffered { peer, bytes }, now));
            }
        }
    }

    fn perform_talk_effect(&mut self, effect: MessagingEffect) {
        match effect {
            MessagingEffect::Send {
                peer,
                channel,
                frame,
            } => {
                if let Some(peer) = self.peers.get(&peer) {
                    peer.transmit(channel, &frame);
                }
            }
            MessagingEffect::CloseChannel { peer, channel } => {
                if let Some(peer) = self.peers.get(&peer) {
                    peer.close_channel(channel);
                }
            }
            MessagingEffect::Disk(command) => self.perform_disk(command),
            MessagingEffect::Notify(MessagingNotice::CutOff { name, channel, .. }) => {
                self.tell(Notice::CutOff(name, channel));
            }
            MessagingEffect::Notify(
                MessagingNotice::FileOffered(_) | MessagingNotice::FileEnded(..),
            ) => {
                self.transfers_ended = true;
            }
            MessagingEffect::Notify(MessagingNotice::Message { from, addressed }) => {
                let unread = self.talk.as_ref().map(|talk| talk.conversation().unread());
                if unread.is_some_and(|unread| unread > 0) {
                    self.tell(Notice::Said(from, addressed));
                }
            }
            MessagingEffect::Notify(MessagingNotice::RecordingStarted(name)) => {
                self.tell(Notice::RecordingStarted(name));
            }
            MessagingEffect::Notify(MessagingNotice::RecordingStopped(name)) => {
                self.tell(Notice::RecordingStopped(name));
            }
            MessagingEffect::View { peer, request } => self.take_view(&peer, request),
            MessagingEffect::Changed(aspect) => self.show_talk(aspect),
            MessagingEffect::Application(message) => self.hand_to_applications(&message),
        }
    }

    fn show_talk(&mut self, aspect: Aspect) {
        let Some(talk) = &self.talk else {
            return;
        };
        let shown = self.session.talk;
        match aspect {
            Aspect::Transfers => self.transfers_changed = true,
            Aspect::Conversation => {
                let conversation = talk.conversation();
                shown.entries.set(conversation.entries().cloned().collect());
                if shown.unread.get_untracked() != conversation.unread() {
                    shown.unread.set(conversation.unread());
                }
            }
            Aspect::Live => {
                let live = talk.live();
                shown.reactions.set(live.reactions().cloned().collect());
                let pointers = live.pointers();
                shown.pointers.set(
                    pointers
                        .map(|(peer, pointer)| (peer.clone(), pointer.clone()))
                        .collect(),
                );
                if shown.pointer_switch.get_untracked() != live.pointer_switch() {
                    shown.pointer_switch.set(live.pointer_switch());
                }
            }
            Aspect::Recorders => shown.recorders.set(talk.recorders().list()),
        }
    }

    /// Tells a person how large they are shown here.
    pub(super) fn tell_view(&mut self, peer: &PeerId, request: ViewRequest) {
        if let Some(talk) = &self.talk {
            let effects = talk.tell_view(peer, request);
            self.perform_talk(effects);
        }
    }

    /// Nothing is shown of a talk that is over.
    fn clear_talk(&mut self) {
        let shown = self.session.talk;
        shown.entries.set(Vec::new());
        shown.unread.set(0);
        shown.reactions.set(Vec::new());
        shown.pointers.set(Vec::new());
        shown.recorders.set(Vec::new());
    }

    /// Live data goes at its own pace, faster than the regular tick.
    pub(super) fn send_what_is_due(&mut self) {
        let now = self.clock.now();
        let due = self.talk.as_ref().and_then(|talk| talk.due(now));
        if due.is_some_and(|due| due <= now) {
            self.apply_talk(MessagingEvent::Tick);
        }
    }

    /// Does what a program in the page asks.
    pub(super) fn take_application_request(&mut self, request: &str) {
        let now = self.clock.now();
        let refused = match (applications::read(request), &mut self.talk) {
            (Ok(intent), Some(talk)) => match talk.intend(intent, now) {
                Ok(effects) => return self.perform_talk(effects),
                Err(error) => (error.code(), error.to_string()),
            },
            (Ok(_), None) => ("application-no-call", "there is no call yet".to_owned()),
            (Err(refused), _) => refused,
        };
        let (code, message) = refused;
        let message = &message;
        applications::tell(&self.window, "visavis:error", &Refusal { code, message });
    }

    fn hand_to_applications(&self, received: &ReceivedApplicationMessage) {
        let name = self.session.state.with_untracked(|state| {
            let person = state.call()?.person(&received.from)?;
            Some(person.name.to_string())
        });
        let arrived = Arrived {
            from: &received.from,
            name: &name.unwrap_or_default(),
            reliable: received.reliability == Reliability::ReliableOrdered,
            topic: received.message.topic.as_str(),
            data: &received.message.data,
        };
        applications::tell(&self.window, "visavis:message", &arrived);
    }

    fn tell_talk_error(&self, error: MessagingError) {
        self.session.notify(Notice::Refused(error.to_string()));
    }
}
