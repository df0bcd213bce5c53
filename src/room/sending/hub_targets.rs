//! What is sent to the SFU: each picture once, in layers, and sound for everybody.

use super::target::{AudioTarget, VideoTarget};
use crate::protocol::sfu::Layer;

/// What to send to the SFU.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HubTargets {
    /// The voice is sent like this.
    pub microphone: AudioTarget,
    /// The sound of the shared screen is sent like this.
    pub screen_audio: AudioTarget,
    /// Somebody hears us over the SFU. When false, nothing of either sound is encoded or sent.
    pub sound: bool,
    /// The face is sent in these layers: `q`, `h` and `f`, in this order.
    pub camera: [LayerTarget; 3],
    /// The shared screen is sent in these layers: `q` and `f`, in this order.
    pub screen: [LayerTarget; 2],
}

/// One layer of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerTarget {
    /// It is this layer.
    pub layer: Layer,
    /// It is sent like this.
    pub target: VideoTarget,
}

impl LayerTarget {
    /// Nothing of this layer is sent.
    const fn off(layer: Layer) -> Self {
        Self {
            layer,
            target: VideoTarget::Off,
        }
    }
}

impl HubTargets {
    /// Nothing is sent: what holds until it is known what anybody wants.
    pub const SILENT: Self = Self {
        microphone: AudioTarget { max_bitrate: 0 },
        screen_audio: AudioTarget { max_bitrate: 0 },
        sound: false,
        camera: NO_CAMERA,
        screen: NO_SCREEN,
    };

    /// The same without pictures.
    pub fn without_pictures(self) -> Self {
        Self {
            camera: NO_CAMERA,
            screen: NO_SCREEN,
            ..self
        }
    }
}

/// No layer of the face is sent.
const NO_CAMERA: [LayerTarget; 3] = [
    LayerTarget::off(Layer::Quarter),
    LayerTarget::off(Layer::Half),
    LayerTarget::off(Layer::Full),
];

/// No layer of the shared screen is sent.
const NO_SCREEN: [LayerTarget; 2] = [
    LayerTarget::off(Layer::Quarter),
    LayerTarget::off(Layer::Full),
];
