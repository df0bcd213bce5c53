//! When something was said, by the clock of who reads it.

use leptos::wasm_bindgen::JsValue;

use crate::room::messaging::chat::WallTime;

/// Hours and minutes of the day, `14:05`.
pub(crate) fn time_of_day(at: WallTime) -> String {
    let milliseconds = JsValue::from_f64(at.0 as f64);
    let date = js_sys::Date::new(&milliseconds);
    let (hours, minutes) = (date.get_hours(), date.get_minutes());
    let mut time = String::with_capacity(5);
    for (number, end) in [(hours, ":"), (minutes, "")] {
        if number < 10 {
            time.push('0');
        }
        time.push_str(&number.to_string());
        time.push_str(end);
    }
    time
}
