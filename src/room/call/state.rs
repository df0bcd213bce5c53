//! Where the participant stands. An enum: what cannot be is not there to be wrong.

use super::heartbeat::Heartbeat;
use super::message_bound::MessageBound;
use super::person::Person;
use crate::protocol::sfu::SfuTerms;
use crate::protocol::{
    DisplayName, ErrorCode, IceServer, IceTransportPolicy, Limits, MediaState, PeerId, ResumeToken,
    RoomName,
};
use crate::room::moment::Moment;
use crate::room::participant::Hand;
use crate::room::path::contact::Contact;
use crate::room::path::diagnosis;
use crate::room::path::hub_link::HubLink;
use crate::room::path::link::{Carrier, Link};
use crate::room::path::need::Need;
use crate::room::path::server_media::ServerMedia;
use crate::room::path::table::PathTable;

/// The whole state of the room for one participant. The default is a lobby, on the server and in the browser, so that
/// what the server renders is what hydration finds.
#[derive(Clone, Debug)]
pub enum RoomState {
    /// The call has not begun.
    Lobby(Lobby),
    /// The participant is on the way in: the socket is being opened, or `join` waits for its answer.
    Joining(JoinAttempt),
    /// The participant is in the call.
    Joined(Call),
    /// The participant is in the call, without a socket. Media goes on.
    Reconnecting(Call, Outage),
    /// The call is over for this participant.
    Left(Departure),
}

impl Default for RoomState {
    fn default() -> Self {
        Self::Lobby(Lobby::default())
    }
}

impl RoomState {
    /// The call, if there is one.
    pub fn call(&self) -> Option<&Call> {
        match self {
            Self::Joined(call) | Self::Reconnecting(call, _) => Some(call),
            Self::Lobby(_) | Self::Joining(_) | Self::Left(_) => None,
        }
    }

    /// How the server stands between us and the SFU.
    pub(crate) fn contact(&self) -> Contact {
        match self {
            Self::Joined(call) if call.probe.is_waiting() => Contact::Doubtful,
            Self::Joined(_) => Contact::Open,
            _ => Contact::Offline,
        }
    }

    /// The person with this id, if there is a call and they are in it.
    pub fn person(&self, id: &PeerId) -> Option<&Person> {
        self.call()?.person(id)
    }
}

/// The participant stands before the call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lobby {
    /// The last attempt to join ended here for this reason.
    pub problem: Option<JoinProblem>,
}

/// Joining did not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JoinProblem {
    /// The server could not be reached, or stopped answering, in several attempts.
    Unreachable,
    /// The server closed the socket and gave no reason but that it does not let us in.
    NotLetIn,
    /// The call goes through the server and is too large to take part in directly. The own media may go through it, or never does.
    TooLargeForDirect(ServerMedia),
    /// The server refused, with a code and its words.
    Refused(ErrorCode, String),
}

/// Somebody wants in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinAttempt {
    /// They want into this room.
    pub room: RoomName,
    /// The others will see this name.
    pub name: DisplayName,
    /// They pressed Join then; how long sockets are tried is counted from here.
    pub since: Moment,
    /// They asked to be let in then, over the socket that is open; `None` while none is.
    pub(crate) asked: Option<Moment>,
    /// A socket is open since then, and the question waits until it is known whether we speak to an SFU.
    pub(crate) open_since: Option<Moment>,
    /// So many sockets were tried until now.
    pub attempts: u32,
}

/// The participant is in a call.
#[derive(Clone, Debug)]
pub struct Call {
    /// The call takes place in this room.
    pub room: RoomName,
    /// I gave this name, and give it again when I come back.
    pub given: DisplayName,
    /// I am shown under this name: others are not called like it.
    pub name: DisplayName,
    /// The server names me by this id.
    pub me: PeerId,
    /// The next `join` takes the seat back with this token.
    pub(crate) resume: ResumeToken,
    /// Everyone else stands here, in order of arrival.
    pub people: Vec<Person>,
    /// Media and messages reach the others over these.
    pub(crate) paths: PathTable,
    /// The server was told last that this is sent. Whether it *is* sent, the own media know.
    pub(crate) told: MediaState,
    /// My hand is up or down.
    pub hand: Hand,
    /// These hands were up when the last welcome came, in the order they went up; hands that go up later come behind
    /// them.
    pub(crate) earlier_hands: Vec<PeerId>,
    /// The server allows so much.
    pub limits: Limits,
    /// Messages are kept as short as it allows by this.
    pub(crate) message_bound: MessageBound,
    /// The server still hears us as far as this knows.
    pub(crate) probe: Heartbeat,
    /// Connections to come gather candidates with these.
    pub(crate) ice_servers: Vec<IceServer>,
    /// The operator allows these candidates.
    pub(crate) ice_transport_policy: IceTransportPolicy,
    /// The SFU can be used on these terms; nothing where there is none, or where we do not speak to it.
    pub(crate) sfu: Option<SfuTerms>,
    /// The connection to the SFU stands here, while there is one or is to be one.
    pub(crate) hub: Option<HubLink>,
}

impl Call {
    /// Where relays are expected to answer, for people; empty when there are none.
    pub fn relay_ports(&self) -> String {
        diagnosis::relay_ports(&self.ice_servers)
    }

    /// The connection that somebody's media reaches us over; `None` where there is none.
    pub fn link_to(&self, person: &Person) -> Option<Link> {
        if person.need != Need::Media {
            return self.hub.map(|hub| hub.link);
        }
        let path = self.path_to(person)?;
        Some(Link {
            state: path.state(),
            stage: path.stage(),
            carrier: Carrier::Direct,
        })
    }

    /// The person with this id.
    pub fn person(&self, id: &PeerId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == *id)
    }

    /// The devices among the others, in order of arrival.
    pub fn devices(&self) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(|person| person.is_device())
    }

    /// How many people are there, I among them. Devices are not counted.
    pub fn head_count(&self) -> usize {
        self.people.len() + 1 - self.devices().count()
    }
}

/// The participant is without a socket in the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// The socket closed then. The ui shows a notice when the outage lasts.
    pub since: Moment,
    /// So many attempts were made to open a new socket.
    pub attempts: u32,
    /// The socket counts as dead from then on, because it is not open yet, or `join` is still unanswered.
    pub(crate) answer_due: Option<Moment>,
}

/// The call is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// The call took place in this room.
    pub room: RoomName,
    /// I gave this name; a rejoin uses it again.
    pub name: DisplayName,
    /// The call ended for this reason.
    pub reason: DepartureCause,
}

/// The call is over for me because of this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DepartureCause {
    /// I left.
    Left,
    /// I was removed.
    Removed,
    /// My seat was taken over from another tab or device.
    ContinuedElsewhere,
    /// The server stayed away too long.
    ServerGone,
    /// The server closed the socket and gave no reason but that it does not have us back.
    NotLetIn,
    /// The server refused to have me back, with its words.
    Refused(ErrorCode, String),
}
