//! Asking the browser for camera and microphone, and for the list of devices (W3C Media Capture).

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    MediaDeviceInfo, MediaDeviceKind, MediaDevices, MediaStream, MediaStreamConstraints,
    MediaStreamTrack,
};

use super::constraints::{Bounds, Choice, constraints};
use crate::client::browser::js;
use crate::room::media::settings::CaptureSettings;
use crate::room::{Device, DeviceId, DeviceKind, MediaProblem};

/// What capturing or listing devices ended with.
pub(crate) enum Outcome {
    /// The source asked for under this number came, or did not.
    Captured(DeviceKind, u32, Result<MediaStreamTrack, MediaProblem>),
    /// The capture with this number could not be constrained.
    Unconstrained(DeviceKind, u32),
    /// The devices there are.
    Listed(Vec<Device>),
}

/// Asks once for everything, and if that fails for each alone, so that the missing one does not cost the other.
pub(super) async fn ask(
    devices: Option<MediaDevices>,
    settings: CaptureSettings,
    number: u32,
    microphone: Option<Choice>,
    camera: Option<Choice>,
) -> Vec<Outcome> {
    if let (Some(_), Some(_)) = (&microphone, &camera)
        && let Ok(stream) = get(&devices, &settings, microphone.as_ref(), camera.as_ref()).await
    {
        return vec![
            captured(DeviceKind::Microphone, number, &stream),
            captured(DeviceKind::Camera, number, &stream),
        ];
    }
    let mut outcomes = Vec::new();
    for (kind, microphone, camera) in [
        (DeviceKind::Microphone, microphone.as_ref(), None),
        (DeviceKind::Camera, None, camera.as_ref()),
    ] {
        if microphone.is_some() || camera.is_some() {
            outcomes.push(match get(&devices, &settings, microphone, camera).await {
                Ok(stream) => captured(kind, number, &stream),
                Err(problem) => Outcome::Captured(kind, number, Err(problem)),
            });
        }
    }
    outcomes
}

/// A camera that cannot keep the bounds is taken as it is.
async fn get(
    devices: &Option<MediaDevices>,
    settings: &CaptureSettings,
    microphone: Option<&Choice>,
    camera: Option<&Choice>,
) -> Result<MediaStream, MediaProblem> {
    let bounded = constraints(settings, microphone, camera, Bounds::Kept);
    match get_as(devices, bounded).await {
        Err(MediaProblem::Unsuitable) if camera.is_some() => {
            let any = constraints(settings, microphone, camera, Bounds::Waived);
            get_as(devices, any).await
        }
        result => result,
    }
}

async fn get_as(
    devices: &Option<MediaDevices>,
    constraints: JsValue,
) -> Result<MediaStream, MediaProblem> {
    let problem =
        |exception: JsValue| MediaProblem::from_exception_name(&js::exception_name(&exception));
    let devices = devices.as_ref().ok_or(MediaProblem::Unavailable)?;
    let constraints: MediaStreamConstraints = constraints.unchecked_into();
    let asking = devices
        .get_user_media_with_constraints(&constraints)
        .map_err(problem)?;
    let stream = JsFuture::from(asking).await.map_err(problem)?;
    Ok(stream.unchecked_into())
}

fn captured(kind: DeviceKind, number: u32, stream: &MediaStream) -> Outcome {
    let tracks = match kind {
        DeviceKind::Camera => stream.get_video_tracks(),
        DeviceKind::Microphone | DeviceKind::Speaker => stream.get_audio_tracks(),
    };
    let track = tracks.get(0).dyn_into().map_err(|_| MediaProblem::NoDevice);
    Outcome::Captured(kind, number, track)
}

/// What `enumerateDevices` resolved to.
pub(super) fn devices_of(infos: &JsValue) -> Vec<Device> {
    js_sys::Array::from(infos)
        .iter()
        .filter_map(|info| {
            let info: MediaDeviceInfo = info.unchecked_into();
            let kind = match info.kind() {
                MediaDeviceKind::Audioinput => DeviceKind::Microphone,
                MediaDeviceKind::Videoinput => DeviceKind::Camera,
                MediaDeviceKind::Audiooutput => DeviceKind::Speaker,
                _ => return None,
            };
            Some(Device {
                id: DeviceId(info.device_id()),
                kind,
                label: info.label(),
            })
        })
        .collect()
}
