//! The three channels of the hub's connection: until they are known to be open on both sides, and to whom they lead.
//!
//! Invariant: nobody is told to be reached over a channel before it is known that the server has it, and everybody who was is told
//! not to be when it closes.

use super::channel_event::HubChannelEvent;
use super::effect::HubEffect;
use super::event::HubPerson;
use super::file_pace::FilePace;
use super::outgoing::{Outgoing, Said};
use super::routing::{self, Routed};
use crate::protocol::PeerId;
use crate::protocol::sfu::SfuAvailability;
use crate::room::channel::Channel;
use crate::room::messaging::channel::frame::Frame;
use crate::room::moment::Moment;
use crate::room::ordered::OrderedSet;

/// The server is spoken to on a channel so often until it answers, in ms.
const HELLO_EVERY_MS: u64 = 500;

/// A channel that was closed is opened anew after so long, in ms, the first time, the second and so on; the last holds for all later
/// times. Whoever was cut off from it stays so, and is closed again each time.
const REOPENED_AFTER_MS: [u64; 5] = [0, 1_000, 4_000, 15_000, 60_000];

/// Where one channel stands.
#[derive(Clone, Debug, Default)]
enum Standing {
    /// There is none yet.
    #[default]
    None,
    /// It was closed, and is opened anew then.
    Closed(Moment),
    /// It is open here; the server is spoken to again then.
    Opening(Moment),
    /// The server has it, too, and it leads to these people.
    Open(OrderedSet<PeerId>),
}

/// The channels.
#[derive(Clone, Debug, Default)]
pub(super) struct Channels {
    /// They stand like this, in the order of [`Channel::ALL`].
    standings: [Standing; Channel::ALL.len()],
    /// They were closed so often on this connection, in the same order.
    closings: [usize; Channel::ALL.len()],
    /// Content of files waits here for its turn.
    files: FilePace,
    /// So many bytes of files wait in the browser.
    buffered: u64,
}

impl Channels {
    /// A channel reports.
    pub(super) fn hear(
        &mut self,
        channel: Channel,
        event: HubChannelEvent,
        people: &[HubPerson],
        now: Moment,
        effects: &mut Vec<HubEffect>,
    ) {
        match event {
            HubChannelEvent::Opened => {
                self.close(channel, effects);
                *self.standing(channel) = Standing::Opening(now);
                self.tick(now, effects);
            }
            HubChannelEvent::Closed => {
                self.close(channel, effects);
                let closings = &mut self.closings[usize::from(channel.stream_id())];
                let wait = REOPENED_AFTER_MS[(*closings).min(REOPENED_AFTER_MS.len() - 1)];
                *closings += 1;
                *self.standing(channel) = Standing::Closed(now.plus(wait));
                self.tick(now, effects);
            }
            HubChannelEvent::Buffered(bytes) => {
                self.buffered = bytes;
                self.tell_buffered(effects);
            }
            HubChannelEvent::Frame(frame) => self.hear_frame(channel, frame, people, effects),
        }
    }

    fn hear_frame(
        &mut self,
        channel: Channel,
        frame: Frame,
        people: &[HubPerson],
        effects: &mut Vec<HubEffect>,
    ) {
        let Some(routed) = routing::read(frame) else {
            return;
        };
        // Whatever comes on it tells that the server has it.
        if matches!(self.standing(channel), Standing::Opening(_)) {
            *self.standing(channel) = Standing::Open(OrderedSet::new());
            self.follow(people, effects);
        }
        match routed {
            Routed::From(peer, frame) => effects.push(HubEffect::Frame(peer, channel, frame)),
            Routed::Opened(peer) => {
                // Their other channels are as new as this one.
                for channel in Channel::ALL {
                    if let Standing::Open(reached) = self.standing(channel)
                        && reached.contains(&peer)
                    {
                        effects.push(HubEffect::ChannelClosed(peer.clone(), channel));
                        effects.push(HubEffect::ChannelOpened(peer.clone(), channel));
                    }
                }
            }
            Routed::Ready | Routed::Beat => {}
        }
    }

    /// These people are there: says who is reached over which channel, where that is different.
    pub(super) fn follow(&mut self, people: &[HubPerson], effects: &mut Vec<HubEffect>) {
        let is_reached = |person: &&HubPerson| person.sfu.is_some_and(SfuAvailability::is_reached);
        let now_reached = people.iter().filter(is_reached);
        let now_reached: OrderedSet<PeerId> = now_reached.map(|person| person.id.clone()).collect();
        let before = self.files.bytes();
        for (channel, standing) in Channel::ALL.into_iter().zip(&mut self.standings) {
            let Standing::Open(reached) = standing else {
                continue;
            };
            if *reached == now_reached {
                continue;
            }
            for peer in reached.without(&now_reached) {
                if channel == Channel::Files {
                    self.files.forget(peer);
                }
                effects.push(HubEffect::ChannelClosed(peer.clone(), channel));
            }
            for peer in now_reached.without(reached) {
                effects.push(HubEffect::ChannelOpened(peer.clone(), channel));
            }
            reached.clone_from(&now_reached);
        }
        if self.files.bytes() != before {
            self.tell_buffered(effects);
        }
    }

    /// The connection is gone, and all channels with it.
    pub(super) fn reset(&mut self, effects: &mut Vec<HubEffect>) {
        for channel in Channel::ALL {
            self.close(channel, effects);
        }
        self.closings = Default::default();
    }

    /// Sends what waits, as far as channels are open; what is not is lost.
    pub(super) fn flush(
        &mut self,
        outgoing: &mut Outgoing,
        now: Moment,
        effects: &mut Vec<HubEffect>,
    ) {
        let mut is_content = false;
        for said in outgoing.take() {
            let channel = said.channel;
            if !matches!(self.standing(channel), Standing::Open(_)) {
                continue;
            }
            if channel == Channel::Files && self.is_paced(&said) {
                is_content = true;
                for to in said.to {
                    self.files.push(to, said.frame.clone());
                }
                continue;
            }
            for frame in routing::write(&said.to, &said.frame) {
                effects.push(HubEffect::Transmit { channel, frame });
            }
        }
        if is_content {
            self.send_content(now, effects);
            self.tell_buffered(effects);
        }
    }

    /// Whether it goes out at the pace of content: that is content, and what says that it was all of it.
    fn is_paced(&self, said: &Said) -> bool {
        let is_held = || said.to.iter().any(|peer| self.files.holds_for(peer));
        match &said.frame {
            Frame::Bytes(_) => true,
            Frame::Text(_) => is_held() && said.ends_content(),
        }
    }

    /// Whether content of files for somebody waits, or went out since it began anew.
    pub(super) fn has_content_for(&self, peer: &PeerId) -> bool {
        self.files.knows(peer)
    }

    /// Lets go of content of files that waits to be sent to somebody.
    pub(super) fn forget_content(&mut self, peer: &PeerId, effects: &mut Vec<HubEffect>) {
        let before = self.files.bytes();
        self.files.forget(peer);
        if self.files.bytes() != before {
            self.tell_buffered(effects);
        }
    }

    /// Content of files for somebody begins anew, for their channel is a new one; what waits is let go of by
    /// [`Self::forget_content`], which tells.
    pub(super) fn begin_content_anew(&mut self, peer: &PeerId, now: Moment) {
        self.files.begin_anew(peer, now);
    }

    /// The server takes so many bit/s of content of files.
    pub(super) fn set_file_rate(&mut self, bits_per_second: Option<u64>) {
        self.files.set_rate(bits_per_second);
    }

    fn send_content(&mut self, now: Moment, effects: &mut Vec<HubEffect>) {
        let channel = Channel::Files;
        for (to, frame) in self.files.take(now) {
            for frame in routing::write(&[to], &frame) {
                effects.push(HubEffect::Transmit { channel, frame });
            }
        }
    }

    fn tell_buffered(&self, effects: &mut Vec<HubEffect>) {
        effects.extend(self.files.fullness().map(|(peer, bytes)| {
            let bytes = self.buffered.saturating_add(bytes);
            HubEffect::Buffered(peer.clone(), bytes)
        }));
    }

    /// Whether the server says something on `live` all the time.
    pub(super) fn has_beat(&self) -> bool {
        let live = &self.standings[usize::from(Channel::Live.stream_id())];
        matches!(live, Standing::Open(_))
    }

    /// When [`Self::tick`] has something to do.
    pub(super) fn next_deadline(&self) -> Option<Moment> {
        let due = self.standings.iter().filter_map(|standing| match standing {
            Standing::Opening(due) | Standing::Closed(due) => Some(*due),
            Standing::None | Standing::Open(_) => None,
        });
        due.chain(self.files.next_deadline()).min()
    }

    /// Time passed.
    pub(super) fn tick(&mut self, now: Moment, effects: &mut Vec<HubEffect>) {
        for (channel, standing) in Channel::ALL.into_iter().zip(&mut self.standings) {
            match standing {
                Standing::Opening(due) if *due <= now => {
                    *due = now.plus(HELLO_EVERY_MS);
                    let frame = routing::hello();
                    effects.push(HubEffect::Transmit { channel, frame });
                }
                Standing::Closed(due) if *due <= now => {
                    *standing = Standing::None;
                    effects.push(HubEffect::Reopen(channel));
                }
                _ => {}
            }
        }
        if self.files.next_deadline().is_some_and(|due| due <= now) {
            // The driver tells how full its own buffer is after it.
            self.send_content(now, effects);
        }
    }

    fn close(&mut self, channel: Channel, effects: &mut Vec<HubEffect>) {
        if channel == Channel::Files {
            self.files.clear();
            self.buffered = 0;
        }
        if let Standing::Open(reached) = std::mem::take(self.standing(channel)) {
            for peer in reached.iter() {
                effects.push(HubEffect::ChannelClosed(peer.clone(), channel));
            }
        }
    }

    fn standing(&mut self, channel: Channel) -> &mut Standing {
        &mut self.standings[usize::from(channel.stream_id())]
    }
}

#[cfg(test)]
#[path = "tests/channels.rs"]
mod tests;
