//! What a connection reports, and what it is asked for.

use std::io;
use std::sync::Arc;

use crate::device::media::frame::MediaFrame;
use crate::device::media::stint::Stint;
use crate::protocol::{IceTransportPolicy, PeerId};
use crate::room::messaging::channel::{Channel, Frame};
use crate::room::{Awaited, DeviceKind, PathId, PeerCommand, PeerEvent, TrackKind};

/// A report of the connection of a path.
#[derive(Debug)]
pub(crate) struct ConnectionReport {
    /// The path is this one.
    pub(crate) path: PathId,
    /// It is the so-manyth connection of the path.
    pub(crate) generation: u32,
    /// This person is at its other end.
    pub(crate) whom: PeerId,
    /// It reports this.
    pub(crate) what: ConnectionNews,
}

/// One report of a connection.
#[derive(Debug)]
pub(crate) enum ConnectionNews {
    /// The model of the room has a word for it.
    Peer(PeerEvent),
    /// A data channel reports.
    Channel(Channel, ChannelNews),
    /// A picture or a packet of sound arrived.
    Media(Stint, MediaFrame),
    /// The other side needs a picture that can be decoded without those before it.
    KeyFrameWanted,
    /// The line takes less than the pictures that are sent have.
    SlowLine,
    /// The machine gives no socket, for this reason.
    NoSocket(io::Error),
}

/// One report of a data channel.
#[derive(Debug)]
pub(crate) enum ChannelNews {
    /// It is open.
    Opened,
    /// It is closed.
    Closed,
    /// A frame arrived.
    Frame(Frame),
}

/// What the other side is said to want of what there is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WantedMedia {
    /// It wants pictures.
    pub(crate) pictures: bool,
    /// It wants sound.
    pub(crate) sound: bool,
}

/// What a connection is asked for.
#[derive(Debug)]
pub(crate) enum ConnectionOrder {
    /// The model of the room wants this. [`PeerCommand::Open`] and [`PeerCommand::Close`] are not among it.
    Command(PeerCommand),
    /// A frame goes out on a data channel; it is dropped when that is not open.
    Transmit(Channel, Frame),
    /// A data channel is closed for good.
    CloseChannel(Channel),
    /// A data channel is opened anew, once the one before is closed.
    ReopenChannel(Channel),
    /// The slots carry these, and nobody else, where the SFU is at the other end.
    Attribute(Vec<(String, PeerId, TrackKind)>),
    /// What arrived is counted.
    Count(Awaited),
    /// These candidates are used from now on.
    SetPolicy(IceTransportPolicy),
    /// A frame is sent.
    Play(DeviceKind, Arc<MediaFrame>),
    /// This is sent from now on, and nothing else.
    Send(WantedMedia),
}
