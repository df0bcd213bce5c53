//! Pictures of files, to be shown in the page.
//!
//! Invariant: only types that cannot run anything are shown, and an address is given back when its transfer is forgotten.

use std::collections::HashMap;

use web_sys::Blob;

use crate::client::browser::object_url::ObjectUrl;
use crate::room::messaging::files::{FileInfo, TransferKey};

/// An image that is shown has at most so many bytes.
const PREVIEW_BYTES: u64 = 20 * 1024 * 1024;

/// The addresses of pictures that are shown.
#[derive(Default)]
pub(super) struct Previews(HashMap<TransferKey, ObjectUrl>);

impl Previews {
    /// The address of a picture of this file, which has these bytes once they are there; `None` for what is no picture.
    pub(super) fn of(
        &mut self,
        key: &TransferKey,
        file: &FileInfo,
        blob: Option<&Blob>,
    ) -> Option<String> {
        if file.size == 0 || file.size > PREVIEW_BYTES || !file.media_type.is_safe_image() {
            return None;
        }
        if !self.0.contains_key(key) {
            let url = ObjectUrl::typed(blob?, file.media_type.as_str())?;
            self.0.insert(key.clone(), url);
        }
        self.0.get(key).map(|url| url.address().to_owned())
    }

    /// Gives the address of a transfer's picture back.
    pub(super) fn forget(&mut self, key: &TransferKey) {
        self.0.remove(key);
    }
}
