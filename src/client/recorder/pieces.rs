//! The pieces of a recording on the disk: the origin's private file system (WHATWG File System), one closed file for each
//! second, put together only when the recording is handed over.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, Window};

use crate::client::browser::js;
use crate::client::browser::object_url::ObjectUrl;
use crate::client::browser::promise::{ask, option};
use crate::room::media::recording::{Part, PieceEnds, RecordingProblem, WebmIndex};

/// The directory of the one recording there can be.
const DIRECTORY: &str = "visavis-recording";

/// This file marks pieces that were handed over: nobody needs them any more.
const HANDED_OVER: &str = "handed-over";

/// The pieces of one recording. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Pieces {
    /// The window offers the browser's downloads.
    window: Window,
    /// This is `StorageManager`; it is `undefined` without one.
    storage: JsValue,
    /// The browser finds what was handed over at this address, as long as the pieces are there.
    handed_over: Rc<RefCell<Option<ObjectUrl>>>,
}

fn why(exception: &JsValue) -> RecordingProblem {
    match js::exception_name(exception).as_str() {
        "QuotaExceededError" => RecordingProblem::Full,
        _ => RecordingProblem::NoPlace,
    }
}

impl Pieces {
    /// Nothing is created before the first piece.
    pub(crate) fn new(window: &Window) -> Self {
        Self {
            storage: js::property(&window.navigator(), "storage").unwrap_or_default(),
            window: window.clone(),
            handed_over: Rc::default(),
        }
    }

    /// Whether the browser has a place for them.
    pub(crate) fn have_a_place(&self) -> bool {
        js::property(&self.storage, "getDirectory").is_some()
    }

    /// Whether there are any that were not handed over; those that were are removed.
    pub(crate) async fn exist(&self) -> bool {
        let Ok(directory) = self.directory(false).await else {
            return false;
        };
        let names = self.names(&directory).await.unwrap_or_default();
        if names.iter().any(|name| name == HANDED_OVER) {
            self.discard().await;
            return false;
        }
        !names.is_empty()
    }

    /// Writes a piece into a file of its own.
    pub(crate) async fn write(&self, number: u32, piece: &Blob) -> Result<(), RecordingProblem> {
        let writing = async {
            if number == 1 {
                self.discard().await;
            }
            let directory = self.directory(true).await?;
            // Six digits keep the order of the names that of the pieces for eleven days.
            let name = (1_000_000 + number).to_string();
            let create = [JsValue::from(name), option("create", &JsValue::TRUE)];
            let file = ask(&directory, "getFileHandle", &create).await?;
            let writable = ask(&file, "createWritable", &[]).await?;
            ask(&writable, "write", &[Clone::clone(piece.as_ref())]).await?;
            ask(&writable, "close", &[]).await?;
            Ok(())
        };
        writing.await.map_err(|exception: JsValue| why(&exception))
    }

    /// Puts the pieces together and hands the file to the browser's downloads; then they are removed.
    pub(crate) async fn hand_over(&self, name: &str) -> Result<(), RecordingProblem> {
        let composing = async {
            let directory = self.directory(false).await?;
            let mut index = WebmIndex::default();
            let mut files = Vec::new();
            let mut ends = PieceEnds::default();
            let mut names = self.names(&directory).await?;
            names.sort();
            for name in names {
                if name == HANDED_OVER {
                    continue;
                }
                let handle = ask(&directory, "getFileHandle", &[name.into()]).await?;
                let file: Blob = ask(&handle, "getFile", &[]).await?.unchecked_into();
                let bytes = Uint8Array::new(&JsFuture::from(file.array_buffer()).await?).to_vec();
                index.push(&bytes);
                ends.push(bytes.len() as u64);
                files.push(file);
            }
            let parts = match index.finish() {
                Some(finish) => compose(&finish.parts, &files, &ends)?,
                None => files.iter().collect(),
            };
            let kind = if index.is_webm() { "webm" } else { "mp4" };
            let properties = BlobPropertyBag::new();
            properties.set_type(&["video/", kind].concat());
            let whole = Blob::new_with_blob_sequence_and_options(&parts, &properties)?;
            let address = ObjectUrl::new(&whole)?;
            address.download(&self.window, &[name, ".", kind].concat())?;
            // The browser still reads the pieces while it saves; they go with the next recording or visit.
            self.handed_over.replace(Some(address));
            let create = [HANDED_OVER.into(), option("create", &JsValue::TRUE)];
            ask(&directory, "getFileHandle", &create).await?;
            Ok(())
        };
        composing
            .await
            .map_err(|exception: JsValue| why(&exception))
    }

    /// Removes them.
    pub(crate) async fn discard(&self) {
        self.handed_over.take();
        drop(remove(&self.storage).await);
    }

    async fn directory(&self, create: bool) -> Result<JsValue, JsValue> {
        let root = ask(&self.storage, "getDirectory", &[]).await?;
        let arguments = [
            JsValue::from(DIRECTORY),
            option("create", &JsValue::from_bool(create)),
        ];
        ask(&root, "getDirectoryHandle", &arguments).await
    }

    /// The names of the pieces.
    async fn names(&self, directory: &JsValue) -> Result<Vec<String>, JsValue> {
        let mut names = Vec::new();
        let Some(keys) = js::call(directory, "keys", &JsValue::UNDEFINED) else {
            return Ok(names);
        };
        while let Some(name) = js::property(&ask(&keys, "next", &[]).await?, "value") {
            names.extend(name.as_string());
        }
        Ok(names)
    }
}

/// The parts of the file, for the browser to put together.
fn compose(parts: &[Part], files: &[Blob], ends: &PieceEnds) -> Result<Array, JsValue> {
    let composed = Array::new();
    for part in parts {
        match part {
            Part::Made(bytes) => {
                composed.push(&Uint8Array::from(bytes.as_slice()));
            }
            Part::Kept(stretch) => {
                for slice in ends.slices(stretch) {
                    let Some(file) = files.get(slice.piece) else {
                        continue;
                    };
                    let (start, end) = (slice.range.start as f64, slice.range.end as f64);
                    composed.push(&file.slice_with_f64_and_f64(start, end)?.into());
                }
            }
        }
    }
    Ok(composed)
}

async fn remove(storage: &JsValue) -> Result<(), JsValue> {
    let root = ask(storage, "getDirectory", &[]).await?;
    let everything = option("recursive", &JsValue::TRUE);
    ask(&root, "removeEntry", &[DIRECTORY.into(), everything]).await?;
    Ok(())
}
