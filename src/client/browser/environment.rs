//! Whether this page can capture and connect at all.

use web_sys::Window;

use super::js;
use crate::room::Environment;

/// Looks at the page. An insecure page comes first: there the browser hides the rest.
pub(crate) fn detect(window: &Window) -> Environment {
    if !window.is_secure_context() {
        Environment::Insecure
    } else if js::property(window, "RTCPeerConnection").is_none() {
        Environment::NoWebRtc
    } else {
        Environment::Capable
    }
}
