//! What can happen to the hub.

use super::channel_event::HubChannelEvent;
use super::sample::LineSample;
use crate::protocol::sfu::{SfuAvailability, SfuTerms};
use crate::protocol::{IceServer, MediaState, PeerId};
use crate::room::channel::Channel;
use crate::room::messaging::channel::frame::Frame;
use crate::room::moment::Moment;
use crate::room::ordered::OrderedMap;
use crate::room::path::contact::Contact;
use crate::room::path::diagnosis::Relays;
use crate::room::path::id::PathId;
use crate::room::path::report::PeerEvent;
use crate::room::path::state::PathState;
use crate::room::sending::strain::Strain;
use crate::room::sending::target::SendingSettings;
use crate::room::sending::view::ViewRequest;

/// One thing that happened.
#[derive(Clone, Debug)]
pub(crate) enum HubEvent {
    /// The server let us in, or back in.
    Welcomed(HubWelcome),
    /// The call is over, or the server has no SFU any more.
    Ended,
    /// The server said something that only concerns the SFU, in JSON.
    Said(String),
    /// The SFU answers an offer.
    Answered {
        /// The answer is this description.
        sdp: String,
        /// The offer had this number.
        serial: Option<u32>,
    },
    /// The SFU refuses an offer, and does not say which.
    Refused,
    /// These people are there, in order of arrival. It may be told as often as convenient.
    People(Vec<HubPerson>),
    /// People are shown this large. It may be told as often as convenient.
    Shown(OrderedMap<PeerId, ViewRequest>),
    /// Something else may be captured, or sending may cost something else.
    Sending,
    /// A connection of the hub's path reports.
    Connection {
        /// Reports of other connections than this one are void.
        generation: u32,
        /// The connection reports this.
        event: PeerEvent,
    },
    /// A channel of the hub's connection reports.
    Channel(Channel, HubChannelEvent),
    /// Messaging says something to somebody who is reached over the hub.
    Transmit {
        /// It goes to this person.
        to: PeerId,
        /// It goes on this channel.
        channel: Channel,
        /// It holds this.
        frame: Frame,
    },
    /// All that messaging has to say for now is said.
    Flush,
    /// Content of files flows like this, in the order of the ids of those with whom it does. It may be told as often as convenient.
    Files(Vec<FileDemand>),
    /// What waits to be sent to somebody of content of files is void: they are told anew where it begins.
    ForgetContent(PeerId),
    /// Somebody says that their files begin anew by the SFU.
    Renewed(PeerId),
    /// Lines were looked at, as wanted.
    Sampled(Vec<LineSample>),
    /// The user wants it tried again.
    TryAgain,
    /// Other servers help to gather candidates.
    IceServers,
    /// Time passed.
    Tick,
}

/// Somebody with whom content of files flows, or is about to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FileDemand {
    /// The server names them by this id.
    pub(crate) peer: PeerId,
    /// They wait for content of ours.
    pub(crate) sends: bool,
    /// Their `files` channel takes the direct path.
    pub(crate) is_direct: bool,
    /// It is open there, but one of us has left it: until it is opened anew there is nothing to wait for.
    pub(crate) is_left: bool,
}

/// What the hub is told when the server lets us in.
#[derive(Clone, Debug)]
pub(crate) struct HubWelcome {
    /// The server names us by this id.
    pub(crate) me: PeerId,
    /// The SFU can be used on these terms.
    pub(crate) terms: SfuTerms,
    /// A path to the SFU that is begun now has this name.
    pub(crate) path: PathId,
    /// So many people reach each other directly at the most.
    pub(crate) mesh_capacity: usize,
}

/// Somebody else in the room, as far as it concerns the hub.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HubPerson {
    /// The server names them by this id.
    pub(crate) id: PeerId,
    /// They stand like this with the SFU; nothing when they do not speak to it.
    pub(crate) sfu: Option<SfuAvailability>,
    /// They say that they send this.
    pub(crate) media: MediaState,
    /// The direct path to them, if there is one, and where it stands.
    pub(crate) direct: Option<(PathId, PathState)>,
}

/// What the hub may know of the world besides what happened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HubContext<'a> {
    /// It is this late.
    pub(crate) now: Moment,
    /// A connection that is opened gathers candidates with these.
    pub(crate) ice_servers: &'a [IceServer],
    /// The server hears us, or does not.
    pub(crate) contact: Contact,
    /// There are relays, or none.
    pub(crate) relays: Relays,
    /// This is captured.
    pub(crate) captured: SendingSettings,
    /// What is sent directly costs this.
    pub(crate) strain: Strain,
    /// Nothing that others send is taken.
    pub(crate) refuses_media: bool,
    /// We are unmuted.
    pub(crate) is_unmuted: bool,
}
