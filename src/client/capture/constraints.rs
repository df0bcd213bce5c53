//! What is asked of a camera and a microphone (W3C Media Capture section 4.4).

use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::client::browser::js;
use crate::room::media::settings::{CaptureSettings, ConstrainedRange, VideoConstraints};
use crate::room::{DeviceId, Switch};

/// `MediaStreamConstraints`; what is `None` is not asked for.
#[derive(Serialize)]
struct Constraints<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    audio: Option<Audio<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    video: Option<Video<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Audio<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<Exact<'a>>,
    echo_cancellation: bool,
    noise_suppression: bool,
    auto_gain_control: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Video<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<Exact<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    facing_mode: Option<&'static str>,
    #[serde(flatten)]
    picture: Picture,
}

/// What a picture should be like.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Picture {
    width: Range,
    height: Range,
    frame_rate: Range,
}

#[derive(Serialize)]
struct Exact<'a> {
    exact: &'a str,
}

#[derive(Serialize)]
struct Range {
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<f64>,
    ideal: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<f64>,
}

/// Whether the bounds of a picture are asked for too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bounds {
    /// Yes, so that a browser that can scale the picture does.
    Kept,
    /// No: the camera cannot keep them, and any picture is better than none.
    Waived,
}

impl Picture {
    fn of(wanted: VideoConstraints, bounds: Bounds) -> Self {
        let range = |range: ConstrainedRange| Range {
            min: (bounds == Bounds::Kept).then_some(range.min),
            ideal: range.ideal,
            max: (bounds == Bounds::Kept).then_some(range.max),
        };
        Self {
            width: range(wanted.width),
            height: range(wanted.height),
            frame_rate: range(wanted.frame_rate),
        }
    }
}

/// What the user chose for one source: `None` leaves the choice to the browser.
pub(super) type Choice = Option<DeviceId>;

/// The constraints for the sources asked for. A chosen device is exact: when it is gone, that has to be said.
pub(super) fn constraints(
    settings: &CaptureSettings,
    microphone: Option<&Choice>,
    camera: Option<&Choice>,
    bounds: Bounds,
) -> JsValue {
    let sound = settings.audio();
    js::dictionary(&Constraints {
        audio: microphone.map(|choice| Audio {
            device_id: exact(choice),
            echo_cancellation: sound.echo_cancellation == Switch::On,
            noise_suppression: sound.noise_suppression == Switch::On,
            auto_gain_control: sound.auto_gain_control == Switch::On,
        }),
        video: camera.zip(settings.video()).map(|(choice, wanted)| Video {
            device_id: exact(choice),
            facing_mode: choice.is_none().then_some("user"),
            picture: Picture::of(wanted, bounds),
        }),
    })
}

/// The constraints for a camera that is running; `None` in a call without pictures.
pub(super) fn running_constraints(settings: &CaptureSettings) -> Option<JsValue> {
    let wanted = settings.video()?;
    Some(js::dictionary(&Picture::of(wanted, Bounds::Kept)))
}

fn exact(choice: &Choice) -> Option<Exact<'_>> {
    choice
        .as_ref()
        .filter(|id| !id.0.is_empty())
        .map(|id| Exact { exact: &id.0 })
}
