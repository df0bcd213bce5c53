//! Whether this page can capture and connect at all.

use web_sys::Window;

use super::js;
use crate::room::Environment;

/// The page's first element has this attribute where the server has an SFU.
const SFU: &str = "data-sfu";

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

/// Whether the server that the page is of has an SFU.
pub(crate) fn has_sfu(window: &Window) -> bool {
    let document = window.document();
    let root = document.and_then(|document| document.document_element());
    root.is_some_and(|root| root.has_attribute(SFU))
}
