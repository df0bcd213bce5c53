//! The data channels of connections: they open, carry frames in their order, and close with the connection.

use super::end::End;
use super::world::{Happening, World};
use crate::protocol::PeerId;
use crate::room::channel::Channel;
use crate::room::hub::HubChannelEvent;
use crate::room::messaging::channel::frame::Frame;
use crate::room::messaging::event::MessagingEvent;
use crate::room::path::id::PathId;
use crate::room::visit::event::VisitEvent;

/// What could not get through is tried again after so long, in ms.
const AGAIN_MS: u64 = 100;

impl World {
    fn end_with(&self, who: usize, identity: u64) -> Option<&End> {
        let mut ends = self.visitors[who].ends.values();
        ends.find(|end| end.connection.identity == identity)
    }

    /// The channels of a connection open at this end, once anything gets through.
    pub(crate) fn open_channels(&mut self, who: usize, path: PathId, identity: u64) {
        let flows = self.flows(who, path);
        let Some(end) = self.visitors[who].ends.get_mut(&path) else {
            return;
        };
        if end.connection.identity != identity {
            return;
        }
        if !flows {
            let open = Happening::Open {
                who,
                path,
                identity,
            };
            return self.after(AGAIN_MS, AGAIN_MS + 20, open);
        }
        end.channels = [true; 3];
        let (whom, is_hub) = (end.whom.clone(), end.leads_to_sfu());
        for channel in Channel::ALL {
            self.feed(
                who,
                match is_hub {
                    true => VisitEvent::HubChannel(channel, HubChannelEvent::Opened),
                    false => VisitEvent::Messaging(MessagingEvent::ChannelOpened {
                        peer: whom.clone(),
                        channel,
                    }),
                },
            );
        }
        self.arrive_soon(who, identity);
    }

    /// One end of a connection is gone: the other end is told, if it is another visitor's.
    pub(crate) fn hang_up(&mut self, gone: &End) {
        let identity = gone.connection.identity;
        for other in 0..self.visitors.len() {
            let ends = self.visitors[other].ends.values();
            let facing = ends.filter(|end| {
                let remote = end.connection.remote;
                remote.is_some_and(|remote| remote.author == identity)
            });
            let facing: Vec<_> = facing
                .map(|end| (end.connection.path, end.connection.identity))
                .collect();
            for (path, identity) in facing {
                let hangup = Happening::Hangup {
                    who: other,
                    path,
                    identity,
                };
                self.after(5, 100, hangup);
                self.check_soon(other, path);
            }
        }
    }

    /// The channels of a connection close.
    pub(crate) fn lose_channels(&mut self, who: usize, path: PathId, identity: u64) {
        let Some(end) = self.visitors[who].ends.get_mut(&path) else {
            return;
        };
        if end.connection.identity != identity || std::mem::take(&mut end.channels) == [false; 3] {
            return;
        }
        let whom = end.whom.clone();
        for channel in Channel::ALL {
            let peer = whom.clone();
            self.feed(
                who,
                VisitEvent::Messaging(MessagingEvent::ChannelClosed { peer, channel }),
            );
        }
    }

    /// A frame goes directly to somebody.
    pub(crate) fn transmit(&mut self, who: usize, peer: &PeerId, channel: Channel, frame: Frame) {
        if matches!(frame, Frame::Bytes(_)) {
            let peer = peer.clone();
            let buffered = MessagingEvent::Buffered { peer, bytes: 0 };
            self.hand(who, VisitEvent::Messaging(buffered));
        }
        let Some(end) = self.visitors[who].to(peer) else {
            return;
        };
        if !end.channels[usize::from(channel.stream_id())] {
            return;
        }
        let (path, identity) = (end.connection.path, end.connection.identity);
        let Some((other, facing)) = self.facing(who, path) else {
            return;
        };
        let Some(facing) = self.visitors[other].ends.get_mut(&facing) else {
            return;
        };
        let is_theirs = |author: u64| author == identity;
        if facing
            .connection
            .remote
            .is_some_and(|it| is_theirs(it.author))
        {
            facing.coming.push_back((channel, frame));
            let identity = facing.connection.identity;
            self.arrive_soon(other, identity);
        }
    }

    /// A frame goes to the SFU.
    pub(crate) fn transmit_to_sfu(&mut self, who: usize, channel: Channel, frame: Frame) {
        if matches!(frame, Frame::Bytes(_)) {
            let buffered = VisitEvent::HubChannel(channel, HubChannelEvent::Buffered(0));
            self.hand(who, buffered);
        }
        let (Some(end), Some(me)) = (self.visitors[who].hub(), self.visitors[who].me()) else {
            return;
        };
        let identity = end.connection.identity;
        if !end.channels[usize::from(channel.stream_id())] {
            return;
        }
        let session = self.sfu.session_mut(&me);
        if let Some(session) = session.filter(|session| session.author == identity) {
            session.coming.push_back((channel, frame));
            self.after(1, 40, Happening::ArriveAtSfu { who, identity });
        }
    }

    pub(crate) fn arrive_soon(&mut self, who: usize, identity: u64) {
        self.after(1, 40, Happening::Arrive { who, identity });
    }

    pub(crate) fn arrive(&mut self, who: usize, identity: u64) {
        while let Some(end) = self.end_with(who, identity) {
            if end.coming.is_empty() || end.channels == [false; 3] {
                return;
            }
            let path = end.connection.path;
            if !self.flows(who, path) {
                let again = Happening::Arrive { who, identity };
                return self.after(AGAIN_MS, AGAIN_MS + 20, again);
            }
            let Some(end) = self.visitors[who].ends.get_mut(&path) else {
                return;
            };
            let Some((channel, frame)) = end.coming.pop_front() else {
                return;
            };
            let event = match end.leads_to_sfu() {
                true => VisitEvent::HubChannel(channel, HubChannelEvent::Frame(frame)),
                false => VisitEvent::Messaging(MessagingEvent::Frame {
                    peer: end.whom.clone(),
                    channel,
                    frame,
                }),
            };
            self.feed(who, event);
        }
    }

    pub(crate) fn arrive_at_sfu(&mut self, who: usize, identity: u64) {
        let Some(end) = self.end_with(who, identity) else {
            return;
        };
        let Some(me) = self.visitors[who].me() else {
            return;
        };
        if !self.flows(who, end.connection.path) {
            let again = Happening::ArriveAtSfu { who, identity };
            return self.after(AGAIN_MS, AGAIN_MS + 20, again);
        }
        while let Some(session) = self.sfu.session_mut(&me)
            && session.author == identity
            && let Some((channel, frame)) = session.coming.pop_front()
        {
            let passed = self.sfu.pass(&me, channel, &frame);
            for (peer, _, frame) in &passed {
                if let Frame::Bytes(bytes) = frame {
                    self.note_content(&me, peer, bytes.len());
                }
            }
            self.pass_on(passed);
        }
    }
}
