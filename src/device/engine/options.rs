//! What a device was told when it was started.

use std::path::PathBuf;
use std::sync::Arc;

use crate::device::connection::gathering::RelayTransport;
use crate::device::connection::sections::MediaWish;
use crate::device::measures::meter::Meter;
use crate::device::media::source::MediaSource;
use crate::device::socket::address::RoomAddress;
use crate::device::socket::dial::Trust;
use crate::protocol::DisplayName;
use crate::room::DeviceKind;

/// Everything that was said.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// It goes to this room.
    pub(crate) address: RoomAddress,
    /// The others see this name.
    pub(crate) name: DisplayName,
    /// A server that is not there is waited for without end.
    pub(crate) reconnects: bool,
    /// The right to the seat is kept in this file.
    pub(crate) state: Option<PathBuf>,
    /// These pictures are sent.
    pub(crate) video: Option<MediaSource>,
    /// This sound is sent.
    pub(crate) audio: Option<MediaSource>,
    /// What arrives is saved in this folder.
    pub(crate) save: Option<PathBuf>,
    /// What arrives is measured here, and for that alone.
    pub(crate) meter: Option<Arc<Meter>>,
    /// Relays alone are used, these; `None` for every way.
    pub(crate) relay: Option<RelayTransport>,
    /// This is thought of a certificate that nobody vouches for.
    pub(crate) trust: Trust,
}

impl Options {
    /// Which relays are used.
    pub(crate) fn relays(&self) -> RelayTransport {
        self.relay.unwrap_or(RelayTransport::Any)
    }

    /// What is sent in the place of what such a device would give.
    pub(crate) fn source(&mut self, kind: DeviceKind) -> &mut Option<MediaSource> {
        match kind {
            DeviceKind::Camera => &mut self.video,
            DeviceKind::Microphone | DeviceKind::Speaker => &mut self.audio,
        }
    }

    /// What media is sent and taken.
    pub(crate) fn media_wish(&self) -> MediaWish {
        MediaWish {
            sends_sound: self.audio.is_some(),
            sends_pictures: self.video.is_some(),
            receives: self.save.is_some() || self.meter.is_some(),
        }
    }
}
