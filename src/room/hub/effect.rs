//! What the hub wants done.

use crate::protocol::{ClientMessage, PeerId};
use crate::room::channel::Channel;
use crate::room::messaging::channel::frame::Frame;
use crate::room::messaging::files::gate::ContentGate;
use crate::room::participant::TrackKind;
use crate::room::path::command::PeerCommand;
use crate::room::path::id::PathId;
use crate::room::path::link::Carrier;
use crate::room::path::need::Need;
use crate::room::sending::hub_targets::HubTargets;

/// One thing to do, in order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum HubEffect {
    /// A message goes to the server.
    Send(ClientMessage),
    /// The driver does this with the hub's connection, on this path.
    Connection(PathId, PeerCommand),
    /// The hub's connection sends this much of everything from now on.
    Steer(HubTargets),
    /// The receiving sections of the hub's connection carry these tracks, and no others.
    Attribute(Vec<(String, PeerId, TrackKind)>),
    /// What somebody sends of this kind is heard and seen over this path from now on.
    Choose(PeerId, TrackKind, PathId),
    /// The direct paths are asked for other things than before, so that people are to be told again how large they are shown.
    AskedOtherwise,
    /// Lines are looked at now, and [`super::event::HubEvent::Sampled`] tells what was found.
    Sample,
    /// A frame goes out on a channel of the hub's connection as it stands.
    Transmit {
        /// It goes on this channel.
        channel: Channel,
        /// It holds this.
        frame: Frame,
    },
    /// A channel of the hub's connection is created again under its id, once the one before is closed.
    Reopen(Channel),
    /// What somebody says can be heard over the hub from now on, and they hear us.
    ChannelOpened(PeerId, Channel),
    /// What somebody says cannot be heard over the hub any more, and they do not hear us over it.
    ChannelClosed(PeerId, Channel),
    /// Somebody said this to us on this channel.
    Frame(PeerId, Channel, Frame),
    /// The `files` channel counts as this full, in bytes, for whoever sends somebody content on it.
    Buffered(PeerId, u64),
    /// Content of files may go to somebody by the SFU from now on, or may not.
    Gate(PeerId, ContentGate),
    /// Files do not take the direct path to somebody any more, where it may well be open.
    LeaveDirect(PeerId),
    /// What we have of files for somebody is said anew.
    Renew(PeerId),
    /// Something that somebody sends does not come over this carrier, which is wished for, however often that is tried; the other one
    /// goes on bringing it. `None` says that everything of theirs comes over the carrier that is wished for again.
    Failing(PeerId, Option<Carrier>),
    /// There is no bandwidth for a picture of somebody that should come over the SFU, so that it stands still; or there is again.
    Paused(PeerId, TrackKind, bool),
    /// The direct path to somebody is needed for this from now on.
    Need(PeerId, Need),
    /// Something points to trouble: the server is asked whether it hears us.
    DoubtServer,
}
