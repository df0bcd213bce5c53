//! The transceivers of a connection to the SFU: which there are, and those that are missing.
//!
//! Invariant: nothing is remembered here; which transceiver is which is read from the connection every time. One that sends is
//! told by its order, one that receives by its `mid`.

use js_sys::Array;
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{RtcRtpTransceiver, RtcRtpTransceiverDirection};

use crate::client::browser::js;
use crate::client::browser::js::Connection;
use crate::client::rtc::transceivers;
use crate::protocol::sfu::Layer;
use crate::room::hub::{HubSection, SlotKind, sections_to_add};
use crate::room::{SlotCounts, TrackKind};

/// The codecs that are offered: those that the SFU agrees on (docs/protocol.md, "The SFU"), without redundant sound. Offering no
/// others keeps a description with many slots short.
const CODECS: [&str; 3] = ["audio/opus", "video/VP8", "video/rtx"];

/// A transceiver begins like this.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SectionInit {
    /// Media may go this way.
    direction: &'static str,
    /// The picture is sent in these layers.
    #[serde(skip_serializing_if = "Option::is_none")]
    send_encodings: Option<&'static [LayerInit]>,
}

/// A layer begins like this: active. Libwebrtc writes an inactive one as paused into its first offer, the SFU's answers repeat that
/// for as long as the connection lasts, and each of them would stop the layer again. Nothing leaves before the connection stands,
/// and by then the layer was steered.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LayerInit {
    /// The layer is called so.
    rid: Layer,
    /// The picture is made smaller by this factor.
    scale_resolution_down_by: u8,
}

impl LayerInit {
    const fn new(layer: Layer, scale_resolution_down_by: u8) -> Self {
        Self {
            rid: layer,
            scale_resolution_down_by,
        }
    }
}

/// The layers of the face.
const CAMERA: [LayerInit; 3] = [
    LayerInit::new(Layer::Quarter, 4),
    LayerInit::new(Layer::Half, 2),
    LayerInit::new(Layer::Full, 1),
];

/// The layers of the shared screen.
const SCREEN: [LayerInit; 2] = [
    LayerInit::new(Layer::Quarter, 4),
    LayerInit::new(Layer::Full, 1),
];

/// The transceivers that send, by kind.
pub(super) fn senders(connection: &Connection) -> Vec<(TrackKind, RtcRtpTransceiver)> {
    transceivers::by_kind(of_direction(
        connection,
        RtcRtpTransceiverDirection::Sendonly,
    ))
}

/// The transceivers that receive, in their order.
pub(super) fn slots(connection: &Connection) -> Vec<RtcRtpTransceiver> {
    of_direction(connection, RtcRtpTransceiverDirection::Recvonly)
}

/// Adds the transceivers that are missing.
///
/// # Errors
/// The browser's exception, when the connection is closed.
pub(super) fn complete(connection: &Connection, wanted: SlotCounts) -> Result<(), JsValue> {
    let sends = senders(connection).into_iter();
    let slots = slots(connection).into_iter();
    let slots = slots.map(|slot| SlotKind::of(&transceivers::medium(&slot)));
    let there: Vec<HubSection> = sends
        .map(|(kind, _)| HubSection::Sends(kind))
        .chain(slots.map(HubSection::Slot))
        .collect();
    for section in sections_to_add(&there, wanted) {
        let (medium, init) = match section {
            HubSection::Sends(kind) => (kind.medium(), sender(kind)),
            HubSection::Slot(kind) => (kind.medium(), SLOT),
        };
        let added = connection.add_transceiver_of_kind(medium, &js::dictionary(&init))?;
        prefer_codecs(&added, medium);
    }
    Ok(())
}

/// A section that receives begins like this.
const SLOT: SectionInit = SectionInit {
    direction: "recvonly",
    send_encodings: None,
};

/// A section that sends begins like this.
fn sender(kind: TrackKind) -> SectionInit {
    SectionInit {
        direction: "sendonly",
        send_encodings: match kind {
            TrackKind::Camera => Some(&CAMERA),
            TrackKind::ScreenVideo => Some(&SCREEN),
            TrackKind::Microphone | TrackKind::ScreenAudio => None,
        },
    }
}

/// Offers only the codecs that are agreed on anyway. A browser that cannot be told offers all it has, which works as well.
fn prefer_codecs(transceiver: &RtcRtpTransceiver, medium: &'static str) {
    if let Some(codecs) = codecs(medium) {
        js::call(transceiver, "setCodecPreferences", &codecs);
    }
}

/// The codecs to offer, as the browser describes them (W3C WebRTC section 5.3, `RTCRtpReceiver.getCapabilities`).
fn codecs(medium: &str) -> Option<Array> {
    let receiver = js::property(&js_sys::global(), "RTCRtpReceiver")?;
    let able = js::call(&receiver, "getCapabilities", &medium.into())?;
    let all: Array = js::property(&able, "codecs")?.dyn_into().ok()?;
    let preferred = Array::new();
    for codec in all.iter() {
        let name = js::property(&codec, "mimeType")?.as_string()?;
        if CODECS.iter().any(|it| it.eq_ignore_ascii_case(&name)) {
            preferred.push(&codec);
        }
    }
    Some(preferred)
}

fn of_direction(
    connection: &Connection,
    direction: RtcRtpTransceiverDirection,
) -> Vec<RtcRtpTransceiver> {
    let mut running = transceivers::running(connection);
    running.retain(|transceiver| transceiver.direction() == direction);
    running
}
