//! What is remembered from visit to visit, in the browser and nowhere else.

use serde::Serialize;
use serde_json::Value;

use super::device::DeviceId;
use super::media::local::{LocalMedia, RememberedMedia};
use super::media::settings::CaptureSettings;
use super::switch::Switch;
use crate::protocol::fields::{Fields, Read, WrongField};
use crate::room::path::address_privacy::AddressPrivacy;
use crate::room::path::server_media::ServerMedia;
use crate::room::sending::target::{DataMode, data_mode};
use crate::room::stage::layout::Layout;
use crate::room::switch::switch;

/// These choices are remembered from visit to visit. Every field has a default, so that what an older version stored
/// still reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Preferences {
    /// This name was last used; it is empty when none was.
    pub name: String,
    /// The microphone is on or off when entering.
    pub microphone: Switch,
    /// The camera is on or off when entering.
    pub camera: Switch,
    /// This microphone was last chosen.
    pub microphone_device: Option<DeviceId>,
    /// This camera was last chosen.
    pub camera_device: Option<DeviceId>,
    /// Sources are captured like this, and this speaker is used.
    pub capture: CaptureSettings,
    /// Coming, going, messages and hands are heard, or not.
    pub sounds: Switch,
    /// Tiles are arranged like this.
    pub layout: Layout,
    /// The user is this sparing with data.
    pub data: DataMode,
    /// The own picture is among the tiles, or not.
    pub self_view: Switch,
    /// The others may learn this computer's address, or not.
    pub address: AddressPrivacy,
    /// The own media may go through the server, or never does.
    pub server_media: ServerMedia,
}

impl Preferences {
    /// What of it concerns the own camera and microphone.
    #[must_use]
    pub fn media(&self) -> RememberedMedia {
        RememberedMedia {
            microphone: self.microphone,
            camera: self.camera,
            microphone_device: self.microphone_device.clone(),
            camera_device: self.camera_device.clone(),
            capture: self.capture.clone(),
        }
    }
}

impl Preferences {
    /// Remembers what the user chose of their camera and microphone.
    pub(crate) fn set_media(&mut self, media: &LocalMedia) {
        self.microphone = media.microphone.switch;
        self.camera = media.camera.switch;
        self.microphone_device.clone_from(&media.microphone.device);
        self.camera_device.clone_from(&media.camera.device);
        self.capture.clone_from(&media.settings);
    }
}

impl Read for Preferences {
    fn read(value: &Value) -> Result<Self, WrongField> {
        let fields = Fields::of(value)?;
        let device = |name| Ok(fields.maybe_string(name)?.map(DeviceId));
        Ok(Self {
            name: fields.maybe_string("name")?.unwrap_or_default(),
            microphone: switch(fields, "microphone")?,
            camera: switch(fields, "camera")?,
            microphone_device: device("microphoneDevice")?,
            camera_device: device("cameraDevice")?,
            capture: match fields.value("capture") {
                Some(capture) => CaptureSettings::read(capture)?,
                None => CaptureSettings::default(),
            },
            sounds: switch(fields, "sounds")?,
            layout: match fields.maybe_text("layout")? {
                Some("speaker") => Layout::Speaker,
                _ => Layout::Grid,
            },
            data: data_mode(fields)?,
            self_view: switch(fields, "selfView")?,
            address: match fields.maybe_text("address")? {
                Some("hidden") => AddressPrivacy::Hidden,
                _ => AddressPrivacy::Shown,
            },
            server_media: match fields.maybe_text("serverMedia")? {
                Some("never") => ServerMedia::Never,
                _ => ServerMedia::Allowed,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::fields::read_text;

    #[test]
    fn what_is_remembered_reads_back_and_what_an_older_version_left_reads_too() {
        let chosen = Preferences {
            address: AddressPrivacy::Hidden,
            server_media: ServerMedia::Never,
            ..Preferences::default()
        };
        let stored = serde_json::to_string(&chosen).unwrap();
        assert_eq!(read_text::<Preferences>(&stored).ok(), Some(chosen));
        let older = read_text::<Preferences>("{}").ok();
        assert_eq!(older, Some(Preferences::default()));
    }
}
