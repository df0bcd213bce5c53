//! The sections of a connection, whoever is at its other end, and how much is sent in them.

use web_sys::RtcRtpTransceiver;

use super::hub::shape::HubShape;
use super::transceivers::{self, LocalTracks};
use super::under_way::{Ended, UnderWay};
use crate::client::browser::js::Connection;
use crate::room::Section;
use crate::room::quality::TrackMap;
use crate::room::sending::{HubTargets, SendTargets, VideoTarget};
use crate::room::{SlotCounts, TrackKind};

/// The shape of a connection.
pub(crate) enum PeerShape {
    /// A person is at the other end: a section of each kind, for both directions.
    Mesh {
        /// This is sent; `None` before the model has said so.
        targets: Option<SendTargets>,
    },
    /// The SFU is at the other end.
    Hub {
        /// The sections are known here.
        shape: Box<dyn HubShape>,
        /// There are to be so many slots.
        slots: SlotCounts,
        /// This is sent; nothing before the model has said so.
        targets: HubTargets,
    },
}

impl PeerShape {
    /// Adds the sections that are missing. The browser asks for a negotiation if there are any.
    pub(super) fn complete(&self, connection: &Connection) {
        match self {
            // Fails only for a closed connection, which reports its state.
            Self::Mesh { .. } => drop(transceivers::complete(connection)),
            Self::Hub { shape, slots, .. } => shape.complete(connection, *slots),
        }
    }

    /// The transceivers that send, by kind.
    pub(super) fn senders(&self, connection: &Connection) -> Vec<(TrackKind, RtcRtpTransceiver)> {
        match self {
            Self::Mesh { .. } => transceivers::slots(connection),
            Self::Hub { shape, .. } => shape.senders(connection),
        }
    }

    /// The transceivers that receive, by what a section is known by.
    pub(super) fn receivers(&self, connection: &Connection) -> Vec<(Section, RtcRtpTransceiver)> {
        match self {
            Self::Mesh { .. } => {
                let slots = transceivers::slots(connection).into_iter();
                slots
                    .map(|(kind, slot)| (Section::Kind(kind), slot))
                    .collect()
            }
            Self::Hub { shape, .. } => shape.receivers(connection),
        }
    }

    /// The sections that send, by the names they have. What the SFU's slots carry is not known here.
    pub(super) fn tracks(&self, connection: &Connection) -> TrackMap {
        let senders = self.senders(connection).into_iter();
        TrackMap::new(senders.filter_map(|(kind, sender)| Some((sender.mid()?, kind))))
    }

    /// Which of these tracks are attached. Firefox sends sound also from a sender whose encoding is not active, so that sound which
    /// nobody is to hear has no track either.
    pub(super) fn attached(&self, tracks: &LocalTracks) -> LocalTracks {
        match self {
            Self::Hub { targets, .. } if !targets.sound => tracks.without_sound(),
            Self::Mesh {
                targets: Some(targets),
            } if !targets.sound => tracks.without_sound(),
            Self::Mesh { .. } | Self::Hub { .. } => tracks.clone(),
        }
    }

    /// A person is sent as much as these targets say from now on.
    pub(super) fn aim(&mut self, wanted: SendTargets) {
        if let Self::Mesh { targets } = self {
            *targets = Some(wanted);
        }
    }

    /// The SFU is sent as much as these targets say from now on.
    pub(super) fn aim_at_hub(&mut self, wanted: HubTargets) {
        if let Self::Hub { targets, .. } = self {
            *targets = wanted;
        }
    }

    /// There are to be at least so many slots from now on.
    pub(super) fn set_slots(&mut self, wanted: SlotCounts) {
        if let Self::Hub { slots, .. } = self {
            *slots = slots.or_more(wanted);
        }
    }

    /// Sends as much as the targets say, without pictures if those are held.
    pub(super) fn steer(
        &self,
        connection: &Connection,
        holds_pictures: bool,
        under_way: &UnderWay,
    ) {
        match self {
            Self::Mesh { targets: None } => {}
            Self::Mesh {
                targets: Some(targets),
            } => {
                let mut targets = *targets;
                if holds_pictures {
                    targets.camera = VideoTarget::Off;
                    targets.screen = VideoTarget::Off;
                }
                for steering in transceivers::steer(connection, &targets) {
                    under_way.push(Ended::quietly(steering));
                }
            }
            // The first answer repeats which layers the offer has: those that were off then would be switched off by every later one.
            Self::Hub { .. } if connection.current_remote_description().is_none() => {}
            Self::Hub { shape, targets, .. } => {
                let mut targets = *targets;
                if holds_pictures {
                    targets = targets.without_pictures();
                }
                shape.steer(connection, &targets, under_way);
            }
        }
    }
}
