//! Copying the room's link.

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Window;

use super::js;
use crate::room::Notice;

/// Copies the page's address without query and fragment, and says whether that worked.
pub(super) fn copy_link(window: &Window) -> LocalBoxFuture<'static, Notice> {
    let written = link(window).and_then(|link| {
        let clipboard = js::property(&window.navigator(), "clipboard")?;
        js::call(&clipboard, "writeText", &link.into())
    });
    async move {
        let copied = match written.and_then(|promise| promise.dyn_into::<js_sys::Promise>().ok()) {
            Some(promise) => JsFuture::from(promise).await.is_ok(),
            None => false,
        };
        if copied {
            Notice::LinkCopied
        } else {
            Notice::LinkNotCopied
        }
    }
    .boxed_local()
}

fn link(window: &Window) -> Option<String> {
    let location = window.location();
    Some(location.origin().ok()? + &location.pathname().ok()?)
}
