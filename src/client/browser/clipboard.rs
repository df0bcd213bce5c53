//! Copying the room's link, and other texts.

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Window;

use super::js;
use crate::room::Notice;

/// Copies the page's address without query and fragment, and says whether that worked.
pub(crate) fn copy_link(window: &Window) -> LocalBoxFuture<'static, Notice> {
    let link = link(window).unwrap_or_default();
    copy(window, &link, Notice::LinkCopied, Notice::LinkNotCopied)
}

/// Copies a text, and says whether that worked.
pub(crate) fn copy_text(window: &Window, text: &str) -> LocalBoxFuture<'static, Notice> {
    copy(window, text, Notice::Copied, Notice::NotCopied)
}

fn copy(
    window: &Window,
    text: &str,
    done: Notice,
    failed: Notice,
) -> LocalBoxFuture<'static, Notice> {
    let written = js::property(&window.navigator(), "clipboard")
        .filter(|_| !text.is_empty())
        .and_then(|clipboard| js::call(&clipboard, "writeText", &text.into()));
    async move {
        let copied = match written.and_then(|promise| promise.dyn_into::<js_sys::Promise>().ok()) {
            Some(promise) => JsFuture::from(promise).await.is_ok(),
            None => false,
        };
        if copied { done } else { failed }
    }
    .boxed_local()
}

fn link(window: &Window) -> Option<String> {
    let location = window.location();
    Some(location.origin().ok()? + &location.pathname().ok()?)
}
