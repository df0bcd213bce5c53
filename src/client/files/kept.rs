//! A received file that is complete, and whether it was saved.

use web_sys::{Blob, Window};

use super::place::Place;
use crate::client::browser::object_url::ObjectUrl;

/// A complete file.
pub(super) struct Kept {
    /// The content of the file is read from this.
    pub(super) blob: Blob,
    /// The file lies there.
    pub(super) place: Place,
    /// It has so many bytes.
    pub(super) size: u64,
    /// The file was saved under this address, which lives as long as it may be read; `None` until it is saved.
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
            drop(url.download(window, name));
        }
    }
}
