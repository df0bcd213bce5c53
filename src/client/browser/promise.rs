//! Calls of methods that return promises, which the bindings do not know.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Calls a method and waits for what it promises.
///
/// # Errors
/// The exception; a `TypeError` when there is no such method.
pub(crate) async fn ask(
    object: &JsValue,
    method: &str,
    arguments: &[JsValue],
) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(object, &method.into())?.dyn_into()?;
    let answer = method.apply(object, &arguments.iter().collect::<Array>())?;
    JsFuture::from(Promise::resolve(&answer)).await
}

/// An object with one property.
pub(crate) fn option(name: &str, value: &JsValue) -> JsValue {
    let object = js_sys::Object::new();
    // Fails only for what is no object.
    drop(Reflect::set(&object, &name.into(), value));
    object.into()
}
