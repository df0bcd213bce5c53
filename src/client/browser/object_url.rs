//! The addresses under which the page shows or saves bytes it has (W3C File API, blob URLs).
//!
//! Invariant: an address is revoked when its value is dropped, so that whoever keeps the value says how long the bytes
//! can be reached.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, HtmlElement, Url, Window};

/// An address; revoked when dropped.
pub(crate) struct ObjectUrl(String);

impl ObjectUrl {
    /// An address of these bytes; no copy is made.
    pub(crate) fn new(blob: &Blob) -> Result<Self, JsValue> {
        Url::create_object_url_with_blob(blob).map(Self)
    }

    /// An address of the same bytes under this type; no copy is made.
    pub(crate) fn typed(blob: &Blob, media_type: &str) -> Option<Self> {
        let typed = blob
            .slice_with_f64_and_f64_and_content_type(0.0, blob.size(), media_type)
            .ok()?;
        Self::new(&typed).ok()
    }

    /// The address.
    pub(crate) fn address(&self) -> &str {
        &self.0
    }

    /// Saves the bytes to the browser's downloads. The browser says neither when it begins nor when it is done: keep the
    /// address as long as there can be use for it.
    pub(crate) fn download(&self, window: &Window, name: &str) -> Result<(), JsValue> {
        let document = window.document().ok_or(JsValue::UNDEFINED)?;
        let link: HtmlElement = document.create_element("a")?.unchecked_into();
        link.set_attribute("href", &self.0)?;
        link.set_attribute("download", name)?;
        link.click();
        Ok(())
    }
}

impl Drop for ObjectUrl {
    fn drop(&mut self) {
        drop(Url::revoke_object_url(&self.0));
    }
}
