//! A received file that is complete, and the addresses the page can show or save it under.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, HtmlElement, Url, Window};

use super::place::Place;

/// An object URL (W3C File API); revoked when dropped.
pub(super) struct ObjectUrl(String);

impl ObjectUrl {
    /// An address of the same bytes under this type; no copy is made.
    pub(super) fn typed(blob: &Blob, media_type: &str) -> Option<Self> {
        let typed = blob
            .slice_with_f64_and_f64_and_content_type(0.0, blob.size(), media_type)
            .ok()?;
        Url::create_object_url_with_blob(&typed).ok().map(Self)
    }

    /// The address.
    pub(super) fn address(&self) -> &str {
        &self.0
    }
}

impl Drop for ObjectUrl {
    fn drop(&mut self) {
        drop(Url::revoke_object_url(&self.0));
    }
}

/// A complete file.
pub(super) struct Kept {
    pub(super) blob: Blob,
    pub(super) place: Place,
    /// In bytes.
    pub(super) size: u64,
    saved: Option<ObjectUrl>,
}

impl Kept {
    /// The file in its place.
    pub(super) fn new(blob: Blob, place: Place) -> Self {
        Self {
            size: blob.size() as u64,
            blob,
            place,
            saved: None,
        }
    }

    /// Whether it was saved to the downloads.
    pub(super) fn was_saved(&self) -> bool {
        self.saved.is_some()
    }

    /// Saves it to the downloads. It never has a type under which the browser would show it as a page of this site.
    pub(super) fn save(&mut self, window: &Window, name: &str) {
        if self.saved.is_none() {
            self.saved = ObjectUrl::typed(&self.blob, "application/octet-stream");
        }
        if let Some(url) = &self.saved {
            drop(download(window, url.address(), name));
        }
    }
}

fn download(window: &Window, address: &str, name: &str) -> Result<(), JsValue> {
    let document = window.document().ok_or(JsValue::UNDEFINED)?;
    let link: HtmlElement = document.create_element("a")?.unchecked_into();
    link.set_attribute("href", address)?;
    link.set_attribute("download", name)?;
    link.click();
    Ok(())
}
