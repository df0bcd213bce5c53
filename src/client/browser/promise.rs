//! Calls of methods that return promises, and what their exceptions mean for a file.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::client::browser::js;
use crate::room::messaging::files::DiskProblem;

/// Calls a method and waits for what it promises.
///
/// # Errors
/// The exception; a `TypeError` when there is no such method.
pub(in crate::client) async fn ask(
    object: &JsValue,
    method: &str,
    arguments: &[JsValue],
) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(object, &method.into())?.dyn_into()?;
    let answer = method.apply(object, &arguments.iter().collect::<Array>())?;
    JsFuture::from(Promise::resolve(&answer)).await
}

/// An object with one property.
pub(in crate::client) fn option(name: &str, value: &JsValue) -> JsValue {
    let object = js_sys::Object::new();
    // Fails only for what is no object.
    drop(Reflect::set(&object, &name.into(), value));
    object.into()
}

/// What an exception of the file system means.
pub(super) fn problem(exception: &JsValue) -> DiskProblem {
    match js::exception_name(exception).as_str() {
        "AbortError" => DiskProblem::PickerClosed,
        "QuotaExceededError" => DiskProblem::Full,
        "NotAllowedError" | "SecurityError" | "NoModificationAllowedError" => {
            DiskProblem::NotAllowed
        }
        _ => DiskProblem::Failed,
    }
}
