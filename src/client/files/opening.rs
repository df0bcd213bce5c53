//! Opening a place for a received file: where the user wants it, else among the page's private files, else in memory.

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::Window;

use super::place::{Place, remove_if_empty};
use super::private::PrivateDirectory;
use super::problem::problem;
use super::writer::Writer;
use crate::client::browser::js;
use crate::client::browser::promise::{ask, option};
use crate::room::messaging::files::{DiskProblem, FileInfo};

/// Where the user wants a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// It goes where they say, if the browser lets them.
    Chosen,
    /// It stays with the page, to be saved later: nobody answers a hundred questions.
    WithPage,
}

/// Opens a place for a file. The picker is asked for within this call, while the user's click still counts.
/// `memory_left` is in bytes.
pub(super) fn open(
    window: &Window,
    private: &PrivateDirectory,
    file: &FileInfo,
    destination: Destination,
    memory_left: u64,
) -> LocalBoxFuture<'static, Result<Writer, DiskProblem>> {
    let has_picker = js::property(window, "showSaveFilePicker").is_some();
    if destination == Destination::Chosen && has_picker {
        let asking = js::call(
            window,
            "showSaveFilePicker",
            &option("suggestedName", &file.name.as_str().into()),
        );
        return open_picked(asking).boxed_local();
    }
    let private = private.clone();
    let size = file.size;
    async move {
        match open_private(&private, size).await {
            Ok(Some(writer)) => Ok(writer),
            Ok(None) if size <= memory_left => Ok(Writer::Memory(Array::new())),
            Ok(None) => Err(DiskProblem::TooLargeForMemory),
            Err(problem) => Err(problem),
        }
    }
    .boxed_local()
}

async fn open_picked(asking: Option<JsValue>) -> Result<Writer, DiskProblem> {
    let promise = asking.ok_or(DiskProblem::NotAllowed)?;
    let handle = wasm_bindgen_futures::JsFuture::from(js_sys::Promise::resolve(&promise))
        .await
        .map_err(|error| problem(&error))?;
    match ask(&handle, "createWritable", &[]).await {
        Ok(stream) => Ok(Writer::Stream {
            place: Place::Picked(handle),
            stream,
        }),
        Err(error) => {
            remove_if_empty(&handle).await;
            Err(match problem(&error) {
                // The picker was answered; only the file is refused.
                DiskProblem::PickerClosed => DiskProblem::NotAllowed,
                other => other,
            })
        }
    }
}

/// `None` when the browser has no private files, or none that can be written from here.
async fn open_private(
    private: &PrivateDirectory,
    size: u64,
) -> Result<Option<Writer>, DiskProblem> {
    let Some((handle, name)) = private.create().await else {
        return Ok(None);
    };
    if js::property(&handle, "createWritable").is_none() {
        private.remove(&name).await;
        return Ok(None);
    }
    if private
        .space()
        .await
        .is_some_and(|space| space < size as f64)
    {
        private.remove(&name).await;
        return Err(DiskProblem::Full);
    }
    match ask(&handle, "createWritable", &[]).await {
        Ok(stream) => Ok(Some(Writer::Stream {
            place: Place::Private(handle, name),
            stream,
        })),
        Err(error) => {
            private.remove(&name).await;
            Err(problem(&error))
        }
    }
}
