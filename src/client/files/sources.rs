//! The files the user picked to be sent, and reading them a part at a time.

use std::collections::HashMap;

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use crate::room::messaging::files::{PickedFile, SourceId};

/// The files that are offered or sent. The model knows each by a number.
#[derive(Default)]
pub(super) struct SourceFiles {
    /// Each file stands under the number the model knows it by.
    sources: HashMap<SourceId, File>,
    /// The last file got this number.
    next_source: u32,
}

impl SourceFiles {
    /// Keeps these, each under a number of its own.
    pub(super) fn pick(&mut self, files: Vec<File>) -> Vec<PickedFile> {
        let picked = files.into_iter().map(|file| {
            self.next_source = self.next_source.wrapping_add(1);
            let picked = PickedFile {
                source: SourceId(self.next_source),
                name: file.name(),
                size: file.size() as u64,
                media_type: file.type_(),
            };
            self.sources.insert(picked.source, file);
            picked
        });
        picked.collect()
    }

    /// The file with this number, unless it was let go.
    pub(super) fn get(&self, source: SourceId) -> Option<&File> {
        self.sources.get(&source)
    }

    /// Lets go of a file that is not sent any more, or was not offered after all.
    pub(super) fn release(&mut self, source: SourceId) {
        self.sources.remove(&source);
    }
}

/// Reads a part of a file; `None` when it cannot be read or is shorter.
pub(super) async fn read(file: Option<File>, offset: u64, length: usize) -> Option<Vec<u8>> {
    let end = offset + length as u64;
    let slice = file?
        .slice_with_f64_and_f64(offset as f64, end as f64)
        .ok()?;
    let buffer: JsValue = JsFuture::from(slice.array_buffer()).await.ok()?;
    let bytes = Uint8Array::new(&buffer).to_vec();
    (bytes.len() == length).then_some(bytes)
}
