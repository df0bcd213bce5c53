//! The sums of a run.

use super::delays::Delays;
use super::sequence::Arrivals;
use crate::room::TrackKind;

/// One step of coming into a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// From wanting in to an open WebSocket.
    Socket,
    /// From there to the server's welcome.
    Welcome,
    /// Of each connection: from its beginning to a pair of addresses that works (RFC 8445).
    Ice,
    /// From there to keys (RFC 5764).
    Dtls,
    /// From there to the first packet with media.
    FirstPacket,
    /// From keys to the first whole picture that can be decoded alone.
    FirstKeyFrame,
}

impl Phase {
    /// All of them, in their order.
    pub(crate) const ALL: [Self; 6] = [
        Self::Socket,
        Self::Welcome,
        Self::Ice,
        Self::Dtls,
        Self::FirstPacket,
        Self::FirstKeyFrame,
    ];
}

/// What arrives of media of one kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct MediaTally {
    /// So many whole frames arrived.
    pub(crate) frames: u64,
    /// So many of them can be decoded alone.
    pub(crate) key_frames: u64,
    /// They have so many bytes.
    pub(crate) bytes: u64,
    /// From when each was made to when it was whole.
    pub(crate) delays: Delays,
}

/// Everything that is summed up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    phases: [Delays; Phase::ALL.len()],
    /// What arrived of pictures.
    pub(crate) pictures: MediaTally,
    /// What arrived of sound.
    pub(crate) sound: MediaTally,
    /// From when each message was sent to when it arrived.
    pub(crate) message_delays: Delays,
    /// What became of messages.
    pub(crate) messages: Arrivals,
    /// What became of packets on their way, before anything was repaired.
    pub(crate) packets: Arrivals,
    /// So many packets were of frames that were given up because a part of them was missing.
    pub(crate) unrepaired: u64,
    /// Packets were asked for again so often, one or several at a time (RFC 4585 section 6.2.1).
    pub(crate) nacks: u64,
    /// A picture that can be decoded alone was asked for so often (RFC 4585 section 6.3.1).
    pub(crate) plis: u64,
    /// Pictures stood still so often.
    pub(crate) freezes: u64,
    /// They stood still for so long, all together.
    pub(crate) frozen: std::time::Duration,
}

impl Tally {
    /// How long this step took.
    pub(crate) fn phase(&self, phase: Phase) -> &Delays {
        match &self.phases {
            [socket, welcome, ice, dtls, first_packet, first_key_frame] => match phase {
                Phase::Socket => socket,
                Phase::Welcome => welcome,
                Phase::Ice => ice,
                Phase::Dtls => dtls,
                Phase::FirstPacket => first_packet,
                Phase::FirstKeyFrame => first_key_frame,
            },
        }
    }

    /// How long this step took, to be added to.
    pub(super) fn phase_mut(&mut self, phase: Phase) -> &mut Delays {
        match &mut self.phases {
            [socket, welcome, ice, dtls, first_packet, first_key_frame] => match phase {
                Phase::Socket => socket,
                Phase::Welcome => welcome,
                Phase::Ice => ice,
                Phase::Dtls => dtls,
                Phase::FirstPacket => first_packet,
                Phase::FirstKeyFrame => first_key_frame,
            },
        }
    }

    /// What arrives of this kind.
    pub(super) fn media_mut(&mut self, kind: TrackKind) -> &mut MediaTally {
        match kind {
            TrackKind::Camera | TrackKind::ScreenVideo => &mut self.pictures,
            TrackKind::Microphone | TrackKind::ScreenAudio => &mut self.sound,
        }
    }
}
