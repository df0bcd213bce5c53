//! What an exception of the browser's file system means for a file.

use wasm_bindgen::JsValue;

use crate::client::browser::js;
use crate::room::messaging::files::DiskProblem;

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
