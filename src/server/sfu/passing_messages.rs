//! Messages on their way through: from whoever says something on a channel to those whom it is for.
//!
//! Invariant: a message reaches nobody's queue that its sender's quotas do not admit, and a receiver who takes too little loses
//! a channel of their own and nobody else's.

use std::time::Instant;

use super::channel_queue::{Frame, Queued};
use super::channels::{Admission, Beat, Channel, receivers};
use super::core::Core;
use super::keys::MemberId;
use super::session_channels::{ChannelMessage, ChannelNews};
use crate::protocol::PeerId;

impl Core {
    /// Hears what happens on somebody's channels.
    pub(super) fn hear_channel(&mut self, id: MemberId, news: ChannelNews, now: Instant) {
        match news {
            ChannelNews::Opened(channel) => self.channel_opened(id, channel, now),
            ChannelNews::Message(message) => {
                if message.is_first {
                    self.channel_opened(id, message.channel, now);
                }
                self.pass_message(id, &message, now);
            }
            ChannelNews::Closed(channel) => self.forget_channel(id, channel),
        }
    }

    fn channel_opened(&mut self, id: MemberId, channel: Channel, now: Instant) {
        let Some(member) = self.members[id].as_mut() else {
            return;
        };
        if !member.quotas.opened(channel) {
            self.close_channel(id, channel);
            return;
        }
        member.queue.opened(channel);
        if channel == Channel::Live {
            member.beat = Some(Beat::begin(now));
        }
        let opened = (channel == Channel::Chat).then(|| Frame::opened(&member.peer));
        self.push_frame(id, Frame::ready(channel), now);
        if let Some(opened) = opened {
            let others: Vec<MemberId> = self.room_of(id).map(|(_, it)| it).collect();
            for other in others.into_iter().filter(|it| *it != id) {
                self.push_frame(other, opened.clone(), now);
            }
        }
    }

    /// Passes on what somebody said, if they may say it.
    fn pass_message(&mut self, from: MemberId, message: &ChannelMessage, now: Instant) {
        let (channel, is_binary) = (message.channel, message.is_binary);
        let Some(sender) = self.members[from].as_mut() else {
            return;
        };
        let admission = sender.quotas.admit(channel, is_binary, &message.bytes, now);
        let peer = sender.peer.clone();
        let routed = match admission {
            Admission::Admitted(routed) => routed,
            Admission::Dropped(refusal) => {
                tracing::trace!(?channel, ?refusal, "a message to the SFU goes to nobody");
                return;
            }
            Admission::Close(refusal) => {
                tracing::debug!(?channel, ?refusal, "a sender's channel is closed");
                self.close_channel(from, channel);
                return;
            }
        };
        let there = receivers(self.room_of(from), &peer, &routed.recipients);
        let there: Vec<MemberId> = there.collect();
        if there.is_empty() {
            return;
        }
        let frame = Frame::from(&peer, channel, is_binary, routed.payload);
        for receiver in there {
            self.push_frame(receiver, frame.clone(), now);
        }
    }

    /// Gives everyone in somebody's room, themselves too.
    fn room_of(&self, id: MemberId) -> impl Iterator<Item = (&PeerId, MemberId)> {
        let key = self.members[id].as_ref().map(|member| member.room);
        let room = key.and_then(|key| self.rooms.get(&key));
        let members = room.into_iter().flat_map(|room| &room.members);
        members.filter_map(|id| Some((&self.members[*id].as_ref()?.peer, *id)))
    }

    /// Lets a frame wait for a receiver who has its channel.
    fn push_frame(&mut self, receiver: MemberId, frame: Frame, now: Instant) {
        let Some(member) = self.members[receiver].as_mut() else {
            return;
        };
        let is_live = frame.channel == Channel::Live;
        match member.queue.push(frame) {
            Queued::Waits => {
                if is_live && let Some(beat) = &mut member.beat {
                    beat.got(now);
                }
            }
            Queued::Lost => return,
            Queued::Close(channel) => {
                tracing::debug!(
                    ?channel,
                    "a receiver's channel is closed, who takes too little"
                );
                self.close_channel(receiver, channel);
            }
        }
        self.touch(receiver);
    }

    /// Breaks the silence on somebody's `live`, and opens channels anew that were closed too fast.
    pub(super) fn look_after_channels(&mut self, id: MemberId, now: Instant) {
        let anew = self.with_session(id, |session| session.channels.look_after(&mut session.rtc));
        if anew == Some(true) {
            self.touch(id);
        }
        let Some(member) = self.members[id].as_mut() else {
            return;
        };
        self.figures.live_lost.add(member.queue.take_lost());
        if member.beat.as_mut().is_some_and(|beat| beat.take(now)) {
            self.push_frame(id, Frame::beat(), now);
        }
    }

    /// Writes to somebody what waits for them, as far as their line takes it.
    pub(super) fn write_messages(&mut self, id: MemberId) {
        let member = self.members[id].as_mut();
        let Some(member) = member.filter(|member| !member.queue.is_empty()) else {
            return;
        };
        let mut queue = std::mem::take(&mut member.queue);
        let written = self.with_session(id, |session| {
            session.channels.write(&mut queue, &mut session.rtc);
        });
        // Nothing waits for a session that broke.
        if let (Some(()), Some(member)) = (written, self.members[id].as_mut()) {
            member.queue = queue;
        }
    }

    /// Closes somebody's channel. Their client opens it anew.
    fn close_channel(&mut self, id: MemberId, channel: Channel) {
        self.forget_channel(id, channel);
        self.with_session(id, |session| {
            session.channels.close(channel, &mut session.rtc);
        });
        self.touch(id);
    }

    /// Nothing goes to somebody on this channel any more.
    fn forget_channel(&mut self, id: MemberId, channel: Channel) {
        if let Some(member) = self.members[id].as_mut() {
            member.queue.closed(channel);
            if channel == Channel::Live {
                member.beat = None;
            }
        }
    }

    /// Nothing goes to somebody on any channel any more.
    pub(super) fn forget_channels(&mut self, id: MemberId) {
        for channel in Channel::ALL {
            self.forget_channel(id, channel);
        }
    }
}
