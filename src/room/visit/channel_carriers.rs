//! Which connection each channel to somebody takes: the direct one where it is open there and nobody left it, else the one to the
//! SFU.
//!
//! Invariant: at most one of the two is used at a time, and messaging hears of a change as of one channel that closed and
//! another that opened.

use crate::protocol::PeerId;
use crate::room::channel::Channel;
use crate::room::ordered::OrderedMap;
use crate::room::path::link::Carrier;

/// Where one channel to somebody is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Open {
    direct: bool,
    hub: bool,
    /// One of the two has left the direct one, which is open all the same: it is taken where there is no other.
    is_left: bool,
}

impl Open {
    fn set(&mut self, carrier: Carrier, is_open: bool) {
        match carrier {
            Carrier::Direct => {
                self.direct = is_open;
                self.is_left = false;
            }
            Carrier::Hub => self.hub = is_open,
        }
    }

    fn carrier(self) -> Option<Carrier> {
        match self {
            Self {
                direct: true,
                is_left: false,
                ..
            } => Some(Carrier::Direct),
            Self { hub: true, .. } => Some(Carrier::Hub),
            Self { direct: true, .. } => Some(Carrier::Direct),
            _ => None,
        }
    }
}

/// What became of a channel to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChannelTurn {
    /// Nothing that matters to messaging.
    None,
    /// It is open.
    Opened,
    /// It is closed.
    Closed,
    /// It is closed, and another is open in its place.
    Replaced,
}

/// The channels that are open, by whom they lead to.
#[derive(Clone, Debug, Default)]
pub(super) struct ChannelCarriers(OrderedMap<(PeerId, Channel), Open>);

impl ChannelCarriers {
    /// The connection that a channel to somebody takes; nothing while it is not open.
    pub(super) fn carrier(&self, peer: &PeerId, channel: Channel) -> Option<Carrier> {
        self.0.get(&(peer.clone(), channel))?.carrier()
    }

    /// Whether one of the two has left a channel that is open on the direct connection.
    pub(super) fn is_left(&self, peer: &PeerId, channel: Channel) -> bool {
        let open = self.0.get(&(peer.clone(), channel));
        open.is_some_and(|open| open.is_left)
    }

    /// A channel to somebody opened on a connection.
    pub(super) fn opened(
        &mut self,
        peer: &PeerId,
        channel: Channel,
        carrier: Carrier,
    ) -> ChannelTurn {
        let open = self
            .0
            .get_or_insert_with((peer.clone(), channel), Open::default);
        let before = open.carrier();
        open.set(carrier, true);
        match (before, open.carrier()) {
            (None, _) => ChannelTurn::Opened,
            (Some(_), Some(after)) if after == carrier => ChannelTurn::Replaced,
            _ => ChannelTurn::None,
        }
    }

    /// A channel to somebody closed on a connection.
    pub(super) fn closed(
        &mut self,
        peer: &PeerId,
        channel: Channel,
        carrier: Carrier,
    ) -> ChannelTurn {
        self.lose(peer, channel, |open| open.set(carrier, false))
    }

    /// One of the two does not use a channel on the direct connection any more, where it may well be open: it is used again once it
    /// has been opened anew.
    pub(super) fn left(&mut self, peer: &PeerId, channel: Channel) -> ChannelTurn {
        self.lose(peer, channel, |open| open.is_left = open.direct)
    }

    fn lose(
        &mut self,
        peer: &PeerId,
        channel: Channel,
        change: impl FnOnce(&mut Open),
    ) -> ChannelTurn {
        let key = (peer.clone(), channel);
        let Some(open) = self.0.get_mut(&key) else {
            return ChannelTurn::None;
        };
        let before = open.carrier();
        change(open);
        match (before, open.carrier()) {
            (Some(_), None) => {
                self.0.remove(&key);
                ChannelTurn::Closed
            }
            (Some(before), Some(after)) if before != after => ChannelTurn::Replaced,
            _ => ChannelTurn::None,
        }
    }

    /// Forgets everybody who is not like this. They are asked for in order, and once for each of their channels.
    pub(super) fn keep(&mut self, mut is_kept: impl FnMut(&PeerId) -> bool) {
        self.0.retain(|(peer, _), _| is_kept(peer));
    }
}

#[cfg(test)]
#[path = "tests/channel_carriers.rs"]
mod tests;
