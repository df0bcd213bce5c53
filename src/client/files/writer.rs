//! A received file while it is open: how it is closed, looked at and thrown away.

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use super::kept::Kept;
use super::place::Place;
use super::private::PrivateDirectory;
use super::problem::problem;
use crate::client::browser::promise::ask;
use crate::room::messaging::files::DiskProblem;

/// The open file.
pub(super) enum Writer {
    /// The file is a `FileSystemWritableFileStream` into a place.
    Stream {
        /// It is written here.
        place: Place,
        /// The browser writes through this.
        stream: JsValue,
    },
    /// These pieces came so far.
    Memory(Array),
}

impl Writer {
    /// Whether it is in memory.
    pub(super) fn is_memory(&self) -> bool {
        matches!(self, Self::Memory(_))
    }

    /// Closes the file and looks at it.
    pub(super) async fn finish(self) -> Result<Kept, DiskProblem> {
        match self {
            Self::Memory(pieces) => {
                let blob = Blob::new_with_buffer_source_sequence(&pieces)
                    .map_err(|error| problem(&error))?;
                Ok(Kept::new(blob, Place::Memory))
            }
            Self::Stream { place, stream } => {
                let closed = ask(&stream, "close", &[]).await;
                closed.map_err(|error| problem(&error))?;
                let Some(handle) = place.handle() else {
                    return Err(DiskProblem::Failed);
                };
                let file = ask(handle, "getFile", &[]).await;
                let file = file.map_err(|error| problem(&error))?;
                Ok(Kept::new(file.unchecked_into(), place))
            }
        }
    }

    /// Throws away what there is.
    pub(super) fn discard(self, private: &PrivateDirectory) -> LocalBoxFuture<'static, ()> {
        let Self::Stream { place, stream } = self else {
            return async {}.boxed_local();
        };
        let private = private.clone();
        async move {
            drop(ask(&stream, "abort", &[]).await);
            place.forget(&private).await;
        }
        .boxed_local()
    }
}
