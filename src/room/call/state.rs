//! Where the participant stands. An enum: what cannot be is not there to be wrong.

use super::heartbeat::Heartbeat;
use super::person::Person;
use crate::protocol::{
    DisplayName, ErrorCode, IceServer, IceTransportPolicy, Limits, MediaState, PeerId, ResumeToken,
    RoomName,
};
use crate::room::moment::Moment;
use crate::room::participant::Hand;
use crate::room::path::diagnosis;
use crate::room::path::table::PathTable;

/// The whole state of the room for one participant. The default is a lobby, on the server and in the browser, so that
/// what the server renders is what hydration finds.
#[derive(Clone, Debug)]
pub enum RoomState {
    /// Before the call.
    Lobby(Lobby),
    /// On the way in: the socket is being opened or `join` waits for its answer.
    Joining(JoinAttempt),
    /// In the call.
    Joined(Call),
    /// In the call, without a socket. Media goes on.
    Reconnecting(Call, Outage),
    /// After the call.
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
}

/// Before the call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lobby {
    /// Why the last attempt to join ended here.
    pub problem: Option<JoinProblem>,
    /// What would be sent from the start.
    pub media: MediaState,
}

/// Why joining did not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JoinProblem {
    /// The server could not be reached, or stopped answering, in several attempts.
    Unreachable,
    /// The server closed the socket and gave no reason but that it does not let us in.
    NotLetIn,
    /// The server refused, with a code and its words.
    Refused(ErrorCode, String),
}

/// Who wants in, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinAttempt {
    /// Which room.
    pub room: RoomName,
    /// Under which name.
    pub name: DisplayName,
    /// When this began.
    pub since: Moment,
    /// Attempts to open the socket so far.
    pub attempts: u32,
    /// What is sent from the start.
    pub media: MediaState,
}

/// Being in the call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Which room.
    pub room: RoomName,
    /// My name.
    pub name: DisplayName,
    /// My id.
    pub me: PeerId,
    /// The token for the next `join`.
    pub(crate) resume: ResumeToken,
    /// Everyone else, in order of arrival.
    pub people: Vec<Person>,
    /// The paths to them.
    pub(crate) paths: PathTable,
    /// What I send.
    pub media: MediaState,
    /// My hand.
    pub hand: Hand,
    /// Whose hands were up when the last welcome came, in the order they went up.
    pub(crate) earlier_hands: Vec<PeerId>,
    /// What the server allows.
    pub limits: Limits,
    /// Whether the server still hears us.
    pub(crate) probe: Heartbeat,
    /// For peer connections to come.
    pub(crate) ice_servers: Vec<IceServer>,
    /// Which candidates the operator allows.
    pub(crate) ice_transport_policy: IceTransportPolicy,
}

impl Call {
    /// Where relays are expected to answer, for people; empty when there are none.
    pub fn relay_ports(&self) -> String {
        diagnosis::relay_ports(&self.ice_servers)
    }

    /// The person with this id.
    pub fn person(&self, id: &PeerId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == *id)
    }
}

/// Being without a socket in the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// When the socket closed. The ui shows a notice when it lasts.
    pub since: Moment,
    /// Attempts to open a new one so far.
    pub attempts: u32,
    /// When an open socket counts as dead because `join` is still unanswered.
    pub(crate) answer_due: Option<Moment>,
}

/// After the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// Which room it was.
    pub room: RoomName,
    /// My name there.
    pub name: DisplayName,
    /// Why it ended.
    pub reason: DepartureCause,
    /// What was sent last, for a rejoin.
    pub media: MediaState,
}

/// Why the call is over for me.
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
