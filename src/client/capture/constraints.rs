//! What is asked of a camera and a microphone (W3C Media Capture section 4.4).

use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::client::browser::js;
use crate::room::media::settings::{CaptureSettings, ConstrainedRange, VideoConstraints};
use crate::room::{DeviceId, Switch};

/// `MediaStreamConstraints`; what is `None` is not asked for.
#[derive(Serialize)]
struct Constraints<'a> {
    /// A microphone is asked for like this.
    #[serde(skip_serializing_if = "Option::is_none")]
    audio: Option<Audio<'a>>,
    /// A camera is asked for like this.
    #[serde(skip_serializing_if = "Option::is_none")]
    video: Option<Video<'a>>,
}

/// A microphone is asked for with these of `MediaTrackConstraints`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Audio<'a> {
    /// The user chose this microphone; `None` leaves the choice to the browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<Exact<'a>>,
    /// The browser takes what the speaker plays out of the sound.
    echo_cancellation: bool,
    /// The browser takes steady noise out of the sound.
    noise_suppression: bool,
    /// The browser evens out how loud the sound is.
    auto_gain_control: bool,
}

/// A camera is asked for with these of `MediaTrackConstraints`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Video<'a> {
    /// The user chose this camera; `None` leaves the choice to the browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<Exact<'a>>,
    /// The camera that faces the user is asked for while none was chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    facing_mode: Option<&'static str>,
    /// The size and the frame rate stand beside the other constraints.
    #[serde(flatten)]
    picture: Picture,
}

/// A picture should be like this.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Picture {
    /// The width should be in this range, in pixels.
    width: Range,
    /// The height should be in this range, in pixels.
    height: Range,
    /// The frames each second should be in this range.
    frame_rate: Range,
}

/// A constraint that has to be met.
#[derive(Serialize)]
struct Exact<'a> {
    /// No other value will do.
    exact: &'a str,
}

/// A constraint by numbers.
#[derive(Serialize)]
struct Range {
    /// Less is refused; `None` refuses nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<f64>,
    /// This is wanted.
    ideal: f64,
    /// More is refused; `None` refuses nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<f64>,
}

/// The bounds of a picture are asked for too, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bounds {
    /// They are, so that a browser that can scale the picture does.
    Kept,
    /// They are not: the camera cannot keep them, and any picture is better than none.
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
