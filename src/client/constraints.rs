//! What is asked of a camera and a microphone (W3C Media Capture section 4.4).

use serde::Serialize;
use wasm_bindgen::JsValue;

use super::js;
use crate::room::DeviceId;

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
    width: Ideal,
    height: Ideal,
    frame_rate: Ideal,
}

#[derive(Serialize)]
struct Exact<'a> {
    exact: &'a str,
}

#[derive(Serialize)]
struct Ideal {
    ideal: u32,
}

/// What the user chose for one source: `None` leaves the choice to the browser.
pub(super) type Choice = Option<DeviceId>;

/// The constraints for the sources asked for. A chosen device is exact: when it is gone, that has to be said.
pub(super) fn constraints(microphone: Option<&Choice>, camera: Option<&Choice>) -> JsValue {
    js::dictionary(&Constraints {
        audio: microphone.map(|choice| Audio {
            device_id: exact(choice),
            echo_cancellation: true,
            noise_suppression: true,
            auto_gain_control: true,
        }),
        video: camera.map(|choice| Video {
            device_id: exact(choice),
            facing_mode: choice.is_none().then_some("user"),
            width: Ideal { ideal: 1280 },
            height: Ideal { ideal: 720 },
            frame_rate: Ideal { ideal: 30 },
        }),
    })
}

fn exact(choice: &Choice) -> Option<Exact<'_>> {
    choice
        .as_ref()
        .filter(|id| !id.0.is_empty())
        .map(|id| Exact { exact: &id.0 })
}
