//! One end of a connection in a simulated browser: to another visitor, or to the SFU.

use std::collections::VecDeque;

use crate::protocol::PeerId;
use crate::protocol::sfu::SfuTerms;
use crate::room::channel::Channel;
use crate::room::messaging::channel::frame::Frame;
use crate::room::participant::TrackKind;
use crate::room::path::command::{PeerCommand, Pictures, Shape, SlotCounts};
use crate::room::path::lines::Section;
use crate::room::sending::hub_targets::{HubTargets, LayerTarget};
use crate::room::sending::target::{SendTargets, VideoTarget};
use crate::room::testing::simulation::connection::Connection;

/// What a connection sends.
pub(crate) enum Sends {
    /// This much goes to one person; nothing is known of it before the first word.
    ToPerson(Option<SendTargets>),
    /// This much goes to the SFU.
    ToSfu(HubTargets),
}

/// One end.
pub(crate) struct End {
    pub(crate) whom: PeerId,
    pub(crate) connection: Connection,
    pub(crate) sends: Sends,
    /// It has so many slots, where it has any.
    pub(crate) slots: SlotCounts,
    /// Its channels are open on this side, in the order of [`Channel::ALL`].
    pub(crate) channels: [bool; 3],
    /// It was connected once: its channels are open or about to be.
    pub(crate) has_stood: bool,
    /// Media flowed for so many ms until now, which stands for how much arrived.
    pub(crate) arrived: u64,
    /// These frames are on their way to this end.
    pub(crate) coming: VecDeque<(Channel, Frame)>,
    /// ICE gave up with these credentials.
    pub(crate) given_up: Option<u64>,
}

impl End {
    pub(crate) fn new(whom: PeerId, connection: Connection, shape: Shape) -> Self {
        let (sends, slots) = match shape {
            Shape::Mesh => (
                Sends::ToPerson(None),
                SlotCounts {
                    voices: 0,
                    pictures: 0,
                },
            ),
            Shape::Hub(slots) => (Sends::ToSfu(HubTargets::SILENT), slots),
        };
        Self {
            whom,
            connection,
            sends,
            slots,
            channels: [false; 3],
            has_stood: false,
            arrived: 0,
            coming: VecDeque::new(),
            given_up: None,
        }
    }

    pub(crate) fn leads_to_sfu(&self) -> bool {
        self.whom.as_str() == SfuTerms::PEER
    }

    /// Whether a kind of track is sent, if it is captured.
    pub(crate) fn sends(&self, kind: TrackKind) -> bool {
        let flows = self.connection.pictures == Pictures::Flowing;
        let any = |layers: &[LayerTarget]| {
            let mut layers = layers.iter();
            flows && layers.any(|layer| layer.target != VideoTarget::Off)
        };
        match (&self.sends, kind) {
            (Sends::ToPerson(None), _) => false,
            (Sends::ToPerson(Some(targets)), TrackKind::Microphone | TrackKind::ScreenAudio) => {
                targets.sound
            }
            (Sends::ToPerson(Some(targets)), TrackKind::Camera) => {
                flows && targets.camera != VideoTarget::Off
            }
            (Sends::ToPerson(Some(targets)), TrackKind::ScreenVideo) => {
                flows && targets.screen != VideoTarget::Off
            }
            (Sends::ToSfu(targets), TrackKind::Microphone | TrackKind::ScreenAudio) => {
                targets.sound
            }
            (Sends::ToSfu(targets), TrackKind::Camera) => any(&targets.camera),
            (Sends::ToSfu(targets), TrackKind::ScreenVideo) => any(&targets.screen),
        }
    }

    /// The sections that bring something, as far as the descriptions name them.
    pub(crate) fn sections(&self) -> Vec<Section> {
        match self.sends {
            Sends::ToPerson(_) => TrackKind::ALL.into_iter().map(Section::Kind).collect(),
            Sends::ToSfu(_) => mids(self.slots).into_iter().map(Section::Mid).collect(),
        }
    }

    /// Whether an operation is one that takes its time.
    pub(crate) fn is_operation(command: &PeerCommand) -> bool {
        matches!(
            command,
            PeerCommand::Offer { .. }
                | PeerCommand::AcceptOffer { .. }
                | PeerCommand::AcceptAnswer { .. }
        )
    }
}

/// The sections of so many slots: those of sound first.
pub(crate) fn mids(slots: SlotCounts) -> Vec<String> {
    let voices = (0..slots.voices).map(|place| format!("v{place}"));
    let pictures = (0..slots.pictures).map(|place| format!("p{place}"));
    voices.chain(pictures).collect()
}
