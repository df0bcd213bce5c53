//! A simulated `RTCPeerConnection`: signaling states, rollback, `negotiationneeded` and ICE generations as W3C WebRTC
//! section 4.4 has them, as far as negotiation can tell.

use std::collections::HashSet;

use crate::room::moment::Moment;
use crate::room::path::command::{PeerCommand, Pictures};
use crate::room::path::id::PathId;
use crate::room::path::report::{ConnectionState, PeerEvent};

/// What a session description says in the simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Description {
    /// Its place among all descriptions there have been.
    pub(crate) number: usize,
    /// The connection that wrote it.
    pub(crate) author: u64,
    /// The ICE generation.
    pub(crate) fragment: u64,
    /// How many of the author's changes it covers; an answer cannot cover new ones.
    pub(crate) covers: u32,
    /// Where the author comes from: chooses how it looks on the wire.
    pub(crate) flavour: Flavour,
}

/// How a client writes its descriptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// One session id and one certificate for each connection.
    Browser,
    /// A new session id in each description.
    Restless,
    /// One certificate for all connections.
    Certified,
    /// One certificate for all connections, and a new session id in each description, which names the connection's sources.
    RestlessCertified,
    /// One certificate for all connections, and a new session id in each description, which names no sources.
    Indistinct,
}

impl Flavour {
    /// The flavour of a restless participant of the story with this seed.
    pub(crate) fn restless(seed: u64) -> Self {
        match seed % 4 {
            0 => Self::Restless,
            1 => Self::RestlessCertified,
            2 => Self::Certified,
            _ => Self::Indistinct,
        }
    }
}

impl Description {
    pub(crate) fn text(&self) -> String {
        let Self {
            number,
            author,
            fragment,
            ..
        } = self;
        let session = match self.flavour {
            Flavour::Browser | Flavour::Certified => *author,
            _ => *number as u64,
        };
        let certificate = match self.flavour {
            Flavour::Browser | Flavour::Restless => author.to_string(),
            _ => "one".to_owned(),
        };
        let source = match self.flavour {
            Flavour::Indistinct => String::new(),
            _ => format!("\na=ssrc:{author} cname:x"),
        };
        format!(
            "o=- {session} 2 IN IP4 0.0.0.0\na=fingerprint:sha-256 {certificate}\na=ice-ufrag:{fragment}{source}\ns={number}"
        )
    }

    /// Finds the description a text stands for.
    pub(crate) fn find(all: &[Self], text: &str) -> Self {
        let number: usize = text.rsplit('=').next().unwrap().parse().unwrap();
        all[number]
    }
}

/// `RTCSignalingState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signaling {
    Stable,
    HaveLocalOffer(Description),
    HaveRemoteOffer,
}

/// One connection.
pub(crate) struct Connection {
    pub(crate) path: PathId,
    pub(crate) identity: u64,
    pub(crate) generation: u32,
    pub(crate) signaling: Signaling,
    pub(crate) local: Option<Description>,
    pub(crate) remote: Option<Description>,
    pub(crate) operation: Option<PeerCommand>,
    /// Changes made that need negotiation, and how many of them are negotiated.
    pub(crate) changes: u32,
    pub(crate) negotiated: u32,
    pub(crate) candidates: HashSet<u64>,
    pub(crate) state: ConnectionState,
    pub(crate) broken_since: Option<Moment>,
    pub(crate) pictures: Pictures,
}

/// The end of an operation.
#[derive(Clone, Copy)]
pub(crate) enum Outcome {
    Offered(Description),
    Answered(Description),
    Applied,
    Failed,
}

impl Outcome {
    /// What the browser reports, and the description that candidates are gathered for, if it has made one.
    pub(crate) fn report(self) -> (PeerEvent, Option<Description>) {
        match self {
            Self::Offered(offer) => (PeerEvent::LocalOffer { sdp: offer.text() }, Some(offer)),
            Self::Answered(answer) => {
                let event = PeerEvent::LocalAnswer { sdp: answer.text() };
                (event, Some(answer))
            }
            Self::Applied => (PeerEvent::AnswerApplied, None),
            Self::Failed => {
                let name = "OperationError".to_owned();
                (PeerEvent::OperationFailed { name }, None)
            }
        }
    }
}

/// Makes up identities.
#[derive(Default)]
pub(crate) struct Press {
    pub(crate) all: Vec<Description>,
    pub(crate) last: u64,
}

impl Press {
    pub(crate) fn fresh(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    pub(crate) fn write(
        &mut self,
        author: u64,
        fragment: u64,
        covers: u32,
        flavour: Flavour,
    ) -> Description {
        let description = Description {
            number: self.all.len(),
            author,
            fragment,
            covers,
            flavour,
        };
        self.all.push(description);
        description
    }
}

impl Connection {
    pub(crate) fn new(path: PathId, identity: u64, generation: u32, initiator: bool) -> Self {
        Self {
            path,
            identity,
            generation,
            signaling: Signaling::Stable,
            local: None,
            remote: None,
            operation: None,
            changes: u32::from(initiator),
            negotiated: 0,
            candidates: HashSet::new(),
            state: ConnectionState::New,
            broken_since: None,
            pictures: Pictures::Flowing,
        }
    }

    /// Whether `negotiationneeded` is to be fired: only in the stable state with nothing under way.
    pub(crate) fn needs_negotiation(&self) -> bool {
        self.signaling == Signaling::Stable
            && self.operation.is_none()
            && self.changes > self.negotiated
    }

    /// The operation under way comes to its end.
    pub(crate) fn finish(&mut self, press: &mut Press, flavour: Flavour, fails: bool) -> Outcome {
        match self.operation.take().expect("an operation is under way") {
            PeerCommand::Offer { ice_restart } => {
                assert_eq!(
                    self.signaling,
                    Signaling::Stable,
                    "offers are made in the stable state"
                );
                if fails {
                    return Outcome::Failed;
                }
                let fragment = match self.local {
                    Some(local) if !ice_restart => local.fragment,
                    _ => press.fresh(),
                };
                let offer = press.write(self.identity, fragment, self.changes, flavour);
                self.signaling = Signaling::HaveLocalOffer(offer);
                Outcome::Offered(offer)
            }
            PeerCommand::AcceptOffer { sdp } => {
                let offer = Description::find(&press.all, &sdp);
                if self.is_foreign(offer) {
                    return Outcome::Failed;
                }
                if fails {
                    self.signaling = Signaling::HaveRemoteOffer;
                    return Outcome::Failed;
                }
                let fragment = match (self.local, self.remote) {
                    (Some(local), Some(remote)) if remote.fragment == offer.fragment => {
                        local.fragment
                    }
                    _ => press.fresh(),
                };
                let answer = press.write(self.identity, fragment, self.negotiated, flavour);
                self.local = Some(answer);
                self.remote = Some(offer);
                self.signaling = Signaling::Stable;
                Outcome::Answered(answer)
            }
            PeerCommand::AcceptAnswer { sdp } => {
                let answer = Description::find(&press.all, &sdp);
                let Signaling::HaveLocalOffer(offer) = self.signaling else {
                    return Outcome::Failed;
                };
                if fails || self.is_foreign(answer) {
                    return Outcome::Failed;
                }
                self.local = Some(offer);
                self.remote = Some(answer);
                self.negotiated = offer.covers;
                self.signaling = Signaling::Stable;
                Outcome::Applied
            }
            other => panic!("not an operation: {other:?}"),
        }
    }

    /// A connection cannot change whom it talks to.
    fn is_foreign(&self, description: Description) -> bool {
        self.remote
            .is_some_and(|remote| remote.author != description.author)
    }

    /// Whether media can flow to the other connection, not looking at the network.
    pub(crate) fn reaches(&self, other: &Self) -> bool {
        let (Some(local), Some(remote)) = (self.local, self.remote) else {
            return false;
        };
        let (Some(their_local), Some(their_remote)) = (other.local, other.remote) else {
            return false;
        };
        remote.author == other.identity
            && their_remote.author == self.identity
            && remote.fragment == their_local.fragment
            && their_remote.fragment == local.fragment
            && (self.candidates.contains(&remote.fragment)
                || other.candidates.contains(&local.fragment))
    }

    /// Whether both have settled on the same pair of descriptions.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        self.signaling == Signaling::Stable
            && self.local.is_some()
            && self.local == other.remote
            && self.remote == other.local
    }
}
