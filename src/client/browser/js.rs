//! What web-sys lacks or cannot fail in, and the crossing of dictionaries as JSON.

use js_sys::{Function, JSON, Promise, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::{
    RtcDataChannel, RtcPeerConnection, RtcRtpParameters, RtcRtpSender, RtcRtpTransceiver,
};

use crate::protocol::fields::{Read, read_text};

#[wasm_bindgen]
extern "C" {
    /// `RTCPeerConnection` with the methods of W3C WebRTC that web-sys lacks, and with exceptions caught.
    #[wasm_bindgen(extends = RtcPeerConnection, extends = web_sys::EventTarget, js_name = RTCPeerConnection)]
    #[derive(Clone, Debug)]
    pub(crate) type Connection;

    #[wasm_bindgen(constructor, catch, js_class = RTCPeerConnection)]
    pub(crate) fn new(configuration: &JsValue) -> Result<Connection, JsValue>;

    #[wasm_bindgen(method, catch, js_name = setLocalDescription)]
    pub(crate) fn describe_locally(this: &Connection) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = setRemoteDescription)]
    pub(crate) fn describe_remotely(
        this: &Connection,
        description: &JsValue,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = addIceCandidate)]
    pub(crate) fn add_candidate(this: &Connection, candidate: &JsValue)
    -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = restartIce)]
    pub(crate) fn restart_ice(this: &Connection) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = setConfiguration)]
    pub(crate) fn configure(this: &Connection, configuration: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = addTransceiver)]
    pub(crate) fn add_transceiver_of_kind(
        this: &Connection,
        kind: &str,
        init: &JsValue,
    ) -> Result<RtcRtpTransceiver, JsValue>;

    #[wasm_bindgen(method, catch, js_name = createDataChannel)]
    pub(crate) fn create_channel(
        this: &Connection,
        label: &str,
        init: &JsValue,
    ) -> Result<RtcDataChannel, JsValue>;

    /// `RTCRtpSender` with exceptions caught.
    #[wasm_bindgen(extends = RtcRtpSender, js_name = RTCRtpSender)]
    #[derive(Clone, Debug)]
    pub(crate) type Sender;

    #[wasm_bindgen(method, catch, js_name = getParameters)]
    pub(crate) fn parameters(this: &Sender) -> Result<RtcRtpParameters, JsValue>;

    #[wasm_bindgen(method, catch, js_name = setParameters)]
    pub(crate) fn parametrize(
        this: &Sender,
        parameters: &RtcRtpParameters,
    ) -> Result<Promise, JsValue>;

    /// `AudioContext` with options that web-sys lacks.
    #[wasm_bindgen(extends = web_sys::AudioContext, js_name = AudioContext)]
    pub(crate) type AudioEngine;

    #[wasm_bindgen(constructor, catch, js_class = AudioContext)]
    pub(crate) fn new(options: &JsValue) -> Result<AudioEngine, JsValue>;

    /// `MediaStreamTrack.contentHint` (W3C MediaStreamTrack Content Hints).
    #[wasm_bindgen(extends = web_sys::MediaStreamTrack, js_name = MediaStreamTrack)]
    #[derive(Clone, Debug)]
    pub(crate) type HintedTrack;

    #[wasm_bindgen(method, setter, js_name = contentHint)]
    pub(crate) fn set_content_hint(this: &HintedTrack, hint: &str);
}

/// The dictionary the browser expects where the protocol has the same thing as JSON.
pub(crate) fn dictionary(value: &impl Serialize) -> JsValue {
    serde_json::to_string(value)
        .ok()
        .and_then(|json| JSON::parse(&json).ok())
        .unwrap_or(JsValue::UNDEFINED)
}

/// Reads a dictionary or an object with `toJSON`; `None` when it is not shaped as expected.
pub(crate) fn read<T: Read>(value: &JsValue) -> Option<T> {
    let json = JSON::stringify(value).ok()?.as_string()?;
    read_text(&json).ok()
}

/// `DOMException.name`, or the name of any other error; `Error` when there is none.
pub(crate) fn exception_name(exception: &JsValue) -> String {
    Reflect::get(exception, &"name".into())
        .ok()
        .and_then(|name| name.as_string())
        .unwrap_or_else(|| "Error".to_owned())
}

/// A property that only some browsers have.
pub(crate) fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into())
        .ok()
        .filter(|value| !value.is_undefined() && !value.is_null())
}

/// Calls a method that only some browsers have; `None` when it is missing or throws.
pub(crate) fn call(object: &JsValue, method: &str, argument: &JsValue) -> Option<JsValue> {
    let method: Function = property(object, method)?.dyn_into().ok()?;
    method.call1(object, argument).ok()
}
