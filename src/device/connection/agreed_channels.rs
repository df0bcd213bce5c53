//! Which data channels a connection has, and how far both sides agree on them.

use str0m::channel::ChannelId;

use crate::room::messaging::channel::Channel;

/// The data channels of a connection.
#[derive(Debug)]
pub(super) enum Channels {
    /// There are none.
    None,
    /// They are in an offer that was not answered.
    Offered([ChannelId; 3]),
    /// Both sides have them, or are about to.
    Agreed([AgreedChannel; 3]),
}

/// A channel that both sides have, or had.
#[derive(Clone, Copy, Debug)]
pub(super) struct AgreedChannel {
    /// The library calls it this; nothing once it is closed.
    pub(super) id: Option<ChannelId>,
    /// It is opened anew once it is closed.
    pub(super) is_replaced: bool,
}

impl Channels {
    /// Both sides have these.
    pub(super) fn agreed(channels: [ChannelId; 3]) -> Self {
        Self::Agreed(channels.map(|id| AgreedChannel {
            id: Some(id),
            is_replaced: false,
        }))
    }

    /// A channel, once both sides have it, or had it.
    pub(super) fn get(&mut self, channel: Channel) -> Option<&mut AgreedChannel> {
        match self {
            Self::Agreed(channels) => channels.get_mut(usize::from(channel.stream_id())),
            Self::None | Self::Offered(_) => None,
        }
    }

    /// The channel that the library calls this, once both sides have it.
    pub(super) fn known_as(&self, id: ChannelId) -> Option<Channel> {
        let Self::Agreed(channels) = self else {
            return None;
        };
        let mut all = Channel::ALL.into_iter().zip(channels);
        let (channel, _) = all.find(|(_, known)| known.id == Some(id))?;
        Some(channel)
    }
}
