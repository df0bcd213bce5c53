//! Where a received file is: where the user wants it, among the page's private files, or in memory.

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use js_sys::Reflect;
use wasm_bindgen::JsValue;

use super::private::PrivateDirectory;
use crate::client::browser::promise::ask;
use crate::room::Keeping;

/// Where a file is.
pub(super) enum Place {
    /// The file is a `FileSystemFileHandle` of the user's disk.
    Picked(JsValue),
    /// The file is a `FileSystemFileHandle` of the origin's private file system, and has this name there.
    Private(JsValue, String),
    /// It is in memory.
    Memory,
}

impl Place {
    /// Its handle, unless it is in memory.
    pub(super) fn handle(&self) -> Option<&JsValue> {
        match self {
            Self::Picked(handle) | Self::Private(handle, _) => Some(handle),
            Self::Memory => None,
        }
    }

    /// Whether the user has it where they want it.
    pub(super) fn keeping(&self) -> Keeping {
        match self {
            Self::Picked(_) => Keeping::Chosen,
            Self::Private(..) | Self::Memory => Keeping::WithPage,
        }
    }

    /// Removes what is private, and the empty file a picker made. What the user has stays.
    pub(super) fn forget(self, private: &PrivateDirectory) -> LocalBoxFuture<'static, ()> {
        let private = private.clone();
        async move {
            match self {
                Self::Picked(handle) => remove_if_empty(&handle).await,
                Self::Private(_, name) => private.remove(&name).await,
                Self::Memory => {}
            }
        }
        .boxed_local()
    }
}

/// Removes a file of the user's disk that a picker made and nothing was written into.
pub(super) async fn remove_if_empty(handle: &JsValue) {
    let Ok(file) = ask(handle, "getFile", &[]).await else {
        return;
    };
    let size = Reflect::get(&file, &"size".into()).ok();
    if size.and_then(|size| size.as_f64()) == Some(0.0) {
        drop(ask(handle, "remove", &[]).await);
    }
}
