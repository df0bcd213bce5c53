//! What people send each other beside media: what the data channels and the disks report goes into the model, and out comes
//! what is sent and shown.

use std::collections::VecDeque;

use leptos::prelude::*;

use super::engine::Engine;
use crate::client::engine::company::Company;
use crate::client::rtc::channels::ChannelReport;
use crate::protocol::PeerId;
use crate::room::Notice;
use crate::room::messaging::channel::{Channel, Frame};
use crate::room::messaging::chat::WallTime;
use crate::room::messaging::{
    Aspect, Messaging, MessagingAction, MessagingEffect, MessagingEntry, MessagingEvent,
    MessagingNotice,
};
use crate::room::ordered::OrderedSet;
use crate::room::sending::ViewRequest;

impl Engine {
    /// Begins messaging with the call, ends it with it, and tells it who is there.
    pub(super) fn follow_company(&mut self) {
        let now = self.page.session.state.with_untracked(Company::of);
        if now == self.company {
            return;
        }
        let before = std::mem::replace(&mut self.company, now.clone());
        match (before, now) {
            (_, None) => {
                self.recordings.stop();
                self.save_files();
                self.messaging = None;
                self.clear_messaging();
            }
            (None, Some(company)) => {
                let context = self.page.clock.context();
                self.messaging = Some(Messaging::new(MessagingEntry {
                    me: company.me,
                    name: company.name,
                    roster: company.people,
                    page_opened: WallTime(self.page.clock.page_opened()),
                    chance: context.chance,
                    now: context.now,
                }));
            }
            (Some(before), Some(company)) if before.me != company.me => {
                self.apply_messaging(MessagingEvent::Reseated {
                    me: company.me,
                    roster: company.people,
                });
            }
            (Some(_), Some(company)) => {
                self.apply_messaging(MessagingEvent::Roster(company.people))
            }
        }
    }

    /// Tells messaging what happened, and performs what follows from it.
    pub(super) fn apply_messaging(&mut self, event: MessagingEvent) {
        let now = self.page.now();
        if let Some(messaging) = &mut self.messaging {
            let effects = messaging.handle(event, now);
            self.perform_messaging(effects);
        }
    }

    /// Does what the user wants of messaging; what cannot be done is told. Says whether it was done.
    pub(super) fn take_messaging_action(&mut self, action: MessagingAction) -> bool {
        let now = self.page.now();
        let Some(messaging) = &mut self.messaging else {
            return false;
        };
        match messaging.act(action, now) {
            Ok(effects) => {
                self.perform_messaging(effects);
                true
            }
            Err(error) => {
                self.page.session.notify(Notice::NotSent(error));
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
            self.quality.view_untold(&peer);
        }
        self.apply_messaging(match report {
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
            self.apply_messaging(MessagingEvent::ChannelClosed {
                peer: peer.clone(),
                channel,
            });
        }
    }

    fn files_buffered(&self, peer: &PeerId) -> u64 {
        let peer = self.connections.get(peer);
        peer.map_or(0, |peer| peer.buffered(Channel::Files))
    }

    pub(super) fn perform_messaging(&mut self, effects: Vec<MessagingEffect>) {
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
                self.perform_messaging_effect(effect);
            }
            let Some(peer) = filled.pop_first() else {
                return;
            };
            let bytes = self.files_buffered(&peer);
            let now = self.page.now();
            if let Some(messaging) = &mut self.messaging {
                queue.extend(messaging.handle(MessagingEvent::Buffered { peer, bytes }, now));
            }
        }
    }

    fn perform_messaging_effect(&mut self, effect: MessagingEffect) {
        match effect {
            MessagingEffect::Send {
                peer,
                channel,
                frame,
            } => {
                if let Some(peer) = self.connections.get(&peer) {
                    peer.transmit(channel, &frame);
                }
            }
            MessagingEffect::CloseChannel { peer, channel } => {
                if let Some(peer) = self.connections.get(&peer) {
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
                self.files.mark_urgent();
            }
            MessagingEffect::Notify(MessagingNotice::Message { from, addressed }) => {
                let unread = self
                    .messaging
                    .as_ref()
                    .map(|messaging| messaging.conversation().unread());
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
            MessagingEffect::View { peer, request } => {
                self.quality
                    .take_view(&peer, request, &mut self.connections);
            }
            MessagingEffect::Conversation(changes) => self.page.session.messaging.follow(changes),
            MessagingEffect::Changed(aspect) => self.show_messaging(aspect),
            MessagingEffect::Application(message) => self.hand_to_applications(&message),
        }
    }

    fn show_messaging(&mut self, aspect: Aspect) {
        let Some(messaging) = &self.messaging else {
            return;
        };
        let shown = self.page.session.messaging;
        match aspect {
            Aspect::Transfers => self.files.mark_changed(),
            Aspect::Unread => {
                let unread = messaging.conversation().unread();
                if shown.unread.get_untracked() != unread {
                    shown.unread.set(unread);
                }
            }
            Aspect::Live => {
                let live = messaging.live();
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
            Aspect::Recorders => shown.recorders.set(messaging.recorders().list()),
        }
    }

    /// Tells people how large they are shown here, where that changed.
    pub(super) fn tell_views(&mut self) {
        for (peer, request) in self.quality.take_untold_views(&self.connections) {
            self.tell_view(&peer, request);
        }
    }

    fn tell_view(&mut self, peer: &PeerId, request: ViewRequest) {
        if let Some(messaging) = &self.messaging {
            let effects = messaging.tell_view(peer, request);
            self.perform_messaging(effects);
        }
    }

    /// Nothing is shown of what people sent each other once the call is over.
    fn clear_messaging(&mut self) {
        let shown = self.page.session.messaging;
        shown.rows.set(Vec::new());
        shown.unread.set(0);
        shown.reactions.set(Vec::new());
        shown.pointers.set(Vec::new());
        shown.recorders.set(Vec::new());
    }

    /// Live data goes at its own pace, faster than the regular tick.
    pub(super) fn send_what_is_due(&mut self) {
        let now = self.page.now();
        let due = self
            .messaging
            .as_ref()
            .and_then(|messaging| messaging.due(now));
        if due.is_some_and(|due| due <= now) {
            self.apply_messaging(MessagingEvent::Tick);
        }
    }
}
