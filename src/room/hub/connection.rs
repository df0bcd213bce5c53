//! The path to the SFU: one more path of the call, whose other end is the server.
//!
//! Responsible for setting it up, for mending it, and for what the server is told of that. Invariant: the server is told that
//! the SFU cannot be had exactly while it cannot, as far as the socket that was told is still there.

use super::effect::HubEffect;
use super::event::HubContext;
use crate::protocol::sfu::{SfuFault, SfuTerms};
use crate::protocol::{ClientMessage, PeerId};
use crate::room::moment::Moment;
use crate::room::path::command::{PeerCommand, Shape, SlotCounts};
use crate::room::path::diagnosis::{ConnectionStage, PathFailure};
use crate::room::path::hub_link::{Attempts, HubLink};
use crate::room::path::id::PathId;
use crate::room::path::link::{Carrier, Link};
use crate::room::path::media_port::media_port;
use crate::room::path::mesh::Path;
use crate::room::path::negotiation::state::Negotiation;
use crate::room::path::negotiation::terms::{Signal, Terms, Tie};
use crate::room::path::report::PeerEvent;
use crate::room::path::stall::Awaited;
use crate::room::path::state::PathState;
use crate::room::path::step::PathStep;

/// The SFU counts as out of reach when the connection to it does not stand for this long, in ms.
const UNREACHED_AFTER_MS: u64 = 8_000;

/// The connection to the SFU, and how it is mended.
#[derive(Clone, Debug)]
pub(super) struct HubConnection {
    /// It is a path like others.
    path: Path,
    /// The connection has this shape.
    shape: SlotCounts,
    /// The server was told over the present socket that the SFU cannot be had.
    is_said_unreached: bool,
    /// The SFU refused the offer that waits for its answer.
    is_refused: bool,
    /// The server's media port, as its last answer names it.
    port: Option<u16>,
    /// The last attempt to mend it began then.
    last_attempt: Option<Moment>,
    /// It was told to have failed for this reason, and has not stood since.
    failed: Option<PathFailure>,
}

impl HubConnection {
    /// A path that is to be set up from now on.
    pub(super) fn new(path: PathId, shape: SlotCounts, now: Moment) -> Self {
        Self {
            path: Path::new(path, Negotiation::offering(Tie::Yields, now), now),
            shape,
            is_said_unreached: false,
            is_refused: false,
            port: None,
            last_attempt: None,
            failed: None,
        }
    }

    /// Which of the connections there have been is the present one.
    pub(super) fn generation(&self) -> u32 {
        self.path.generation()
    }

    /// Whether media flows.
    pub(super) fn is_connected(&self) -> bool {
        self.path.state() == PathState::Connected
    }

    /// Where it stands.
    pub(super) fn link(&self) -> HubLink {
        HubLink {
            link: Link {
                state: self.path.state(),
                stage: self.path.stage(),
                carrier: Carrier::Hub,
            },
            port: self.port,
            attempts: Attempts {
                last: self.last_attempt,
                next: self.path.next_attempt(),
            },
            failed: self.failed,
        }
    }

    /// Opens the connection.
    pub(super) fn begin(&mut self, context: HubContext<'_>) -> Vec<HubEffect> {
        self.step(context, Path::begin)
    }

    /// There is a new socket: what was said on the one before may be lost, and repairs begin here.
    pub(super) fn repeat(&mut self, context: HubContext<'_>) -> Vec<HubEffect> {
        self.is_said_unreached = false;
        self.is_refused = false;
        self.path.repair_first(context.now);
        self.step(context, Path::repeat)
    }

    /// The other end knows nothing of this connection any more: makes another.
    pub(super) fn replace(&mut self, context: HubContext<'_>) -> Vec<HubEffect> {
        self.is_said_unreached = false;
        self.is_refused = false;
        self.step(context, Path::replace)
    }

    /// The SFU answers.
    pub(super) fn hear_answer(
        &mut self,
        sdp: String,
        serial: Option<u32>,
        context: HubContext<'_>,
    ) -> Vec<HubEffect> {
        self.is_refused = false;
        self.port = media_port(&sdp).or(self.port);
        self.step(context, |path, terms| path.hear_answer(sdp, serial, terms))
    }

    /// The SFU refuses an offer: what stands goes on, and where nothing does yet the SFU cannot be had for now. A refusal that comes when
    /// the offer was answered is of one that was said twice, and changes nothing.
    pub(super) fn hear_refusal(&mut self, context: HubContext<'_>) -> Vec<HubEffect> {
        self.is_refused |= self.path.hear_refusal(context.now);
        self.step(context, |_, _| Vec::new())
    }

    /// The connection of this generation reports.
    pub(super) fn hear(
        &mut self,
        generation: u32,
        event: PeerEvent,
        context: HubContext<'_>,
    ) -> Vec<HubEffect> {
        self.step(context, |path, terms| {
            path.hear_connection(generation, event, terms)
        })
    }

    /// Gathers candidates with other servers from now on.
    pub(super) fn set_ice_servers(&mut self, context: HubContext<'_>) -> Vec<HubEffect> {
        self.step(context, |path, terms| {
            path.set_ice_servers(terms.ice_servers)
        })
    }

    /// The user wants it tried again.
    pub(super) fn try_again(&mut self, now: Moment) {
        self.path.try_again(now);
    }

    /// Has so many slots for pictures from now on, if those are more than there are.
    pub(super) fn grow(&mut self, pictures: u8) -> Vec<HubEffect> {
        if self.shape.pictures >= pictures {
            return Vec::new();
        }
        self.shape.pictures = pictures;
        vec![HubEffect::Connection(
            self.path.id(),
            PeerCommand::SetSlots(self.shape),
        )]
    }

    /// Whether what arrives must be counted, where this much is awaited.
    pub(super) fn is_listened_on(&self, awaited: Awaited) -> bool {
        self.path.generation() > 0 && self.path.is_listened_on(awaited)
    }

    /// Whether the server was told that the SFU cannot be had.
    pub(super) fn is_out_of_reach(&self) -> bool {
        self.is_said_unreached
    }

    /// Nobody tries to have the SFU any more: takes back that it cannot be had, where the server was told so.
    pub(super) fn take_back(&mut self) -> Option<HubEffect> {
        let is_said = std::mem::take(&mut self.is_said_unreached);
        is_said.then_some(HubEffect::Send(ClientMessage::SfuState(SfuFault::Able)))
    }

    /// Lets go of the connection for good.
    pub(super) fn close(&mut self) -> Vec<HubEffect> {
        let path = self.path.id();
        let steps = self.path.close().into_iter();
        steps.filter_map(|step| effect_of(path, step)).collect()
    }

    /// When [`Self::tick`] has something to do.
    pub(super) fn next_deadline(&self, context: HubContext<'_>) -> Option<Moment> {
        let unreached = self.unreached_at().filter(|_| !self.is_said_unreached);
        let path = self.path.next_deadline(context.contact);
        unreached.into_iter().chain(path).min()
    }

    /// Time passed.
    pub(super) fn tick(&mut self, context: HubContext<'_>) -> Vec<HubEffect> {
        let due = self.path.next_attempt().filter(|due| *due <= context.now);
        let effects = self.step(context, |path, terms| {
            path.tick(context.contact, context.relays, terms)
        });
        if due.is_some() && self.path.next_attempt() != due {
            self.last_attempt = Some(context.now);
        }
        effects
    }

    /// From when on the SFU counts as out of reach; `None` while it is reached.
    fn unreached_at(&self) -> Option<Moment> {
        match self.path.state() {
            PathState::Connected => None,
            PathState::Connecting(_) if self.is_refused => Some(Moment(0)),
            PathState::Connecting(since) | PathState::Interrupted(since) => {
                Some(since.plus(UNREACHED_AFTER_MS))
            }
            PathState::Failed(_) => Some(Moment(0)),
        }
    }

    fn step(
        &mut self,
        context: HubContext<'_>,
        take: impl FnOnce(&mut Path, Terms<'_>) -> Vec<PathStep>,
    ) -> Vec<HubEffect> {
        let terms = Terms {
            now: context.now,
            ice_servers: context.ice_servers,
            shape: Shape::Hub(self.shape),
        };
        let path = self.path.id();
        let steps = take(&mut self.path, terms).into_iter();
        let mut effects: Vec<HubEffect> = steps.filter_map(|step| effect_of(path, step)).collect();
        effects.extend(self.tell_whether_reached(context.now));
        self.note_outcome();
        effects
    }

    fn note_outcome(&mut self) {
        match self.path.state() {
            PathState::Connected => {
                self.failed = None;
                self.last_attempt = None;
            }
            // That is told elsewhere, and is over with the outage.
            PathState::Failed(PathFailure::Offline) => {}
            PathState::Failed(failure) => self.failed = Some(failure),
            PathState::Connecting(_) | PathState::Interrupted(_) => {}
        }
    }

    /// Tells the server whether the SFU can be had, where that is other than it was told.
    fn tell_whether_reached(&mut self, now: Moment) -> Option<HubEffect> {
        let is_unreached = self.unreached_at().is_some_and(|due| due <= now);
        if self.is_said_unreached == is_unreached {
            return None;
        }
        self.is_said_unreached = is_unreached;
        let fault = match is_unreached {
            true => SfuFault::Unable {
                stage: stage_word(self.path.stage()).to_owned(),
            },
            false => SfuFault::Able,
        };
        Some(HubEffect::Send(ClientMessage::SfuState(fault)))
    }
}

/// What a step of the path comes to. The SFU needs none of our candidates; that it cannot be had is seen where the path stands.
fn effect_of(path: PathId, step: PathStep) -> Option<HubEffect> {
    match step {
        PathStep::Command(command) => Some(HubEffect::Connection(path, command)),
        PathStep::Send(Signal::Offer { sdp, serial }) => {
            Some(HubEffect::Send(ClientMessage::Offer {
                target: PeerId::new(SfuTerms::PEER),
                sdp,
                serial: Some(serial),
            }))
        }
        PathStep::Send(Signal::Answer { .. } | Signal::Candidate(_)) | PathStep::GiveUp => None,
        PathStep::DoubtServer => Some(HubEffect::DoubtServer),
    }
}

/// What the operator's log calls this stage.
fn stage_word(stage: ConnectionStage) -> &'static str {
    match stage {
        ConnectionStage::Signaling => "signaling",
        ConnectionStage::Gathering => "gathering",
        ConnectionStage::Checking => "checking",
        ConnectionStage::Handshake => "handshake",
        ConnectionStage::FirstMedia => "first-media",
        ConnectionStage::Established => "established",
    }
}
