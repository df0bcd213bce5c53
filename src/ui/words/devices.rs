//! What is said of devices: how many there are, what they tell, and what became of a press.

use std::borrow::Cow;

use crate::room::dashboard::{Gauge, GaugeValue, Press};
use crate::room::messaging::application::ApplicationError;

pub(crate) const DEVICES: &str = "Devices";

/// In place of a value that is nothing.
const NOTHING: &str = "–";

/// How many are here, where devices are among them.
pub(crate) fn present(people: usize, devices: usize) -> String {
    let people = match people {
        1 => "1 person".to_owned(),
        people => people.to_string() + " people",
    };
    match devices {
        1 => people + ", 1 device",
        devices => people + ", " + &devices.to_string() + " devices",
    }
}

/// What a value is called.
pub(crate) fn gauge_name(gauge: &Gauge) -> String {
    match (gauge.topic.as_str(), gauge.key.as_str()) {
        ("", "") => "value".to_owned(),
        ("", name) | (name, "") => name.to_owned(),
        (topic, key) => [topic, " ", key].concat(),
    }
}

/// A value.
pub(crate) fn gauge_value(value: &GaugeValue) -> Cow<'_, str> {
    match value {
        GaugeValue::Number(value) => number(*value).into(),
        GaugeValue::Flag(true) => "Yes".into(),
        GaugeValue::Flag(false) => "No".into(),
        GaugeValue::Text(text) if text.is_empty() => NOTHING.into(),
        GaugeValue::Text(text) => text.into(),
    }
}

/// At most three digits behind the point; numbers that are very large or very small by their power of ten.
fn number(number: f64) -> String {
    let size = number.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(0.001..1e9).contains(&size) {
        return format!("{number:.2e}");
    }
    let digits = format!("{number:.3}");
    digits
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

/// What became of a press.
pub(crate) fn press(press: &Press) -> Cow<'_, str> {
    match press {
        Press::Sent => "Sent".into(),
        Press::Acknowledged => "Acknowledged".into(),
        Press::NoAnswer => "No answer".into(),
        Press::Failed(words) if words.is_empty() => "The device could not do it".into(),
        Press::Failed(words) => words.into(),
        Press::NotSent(ApplicationError::NobodyThere) => {
            "Not sent: the device cannot be reached at the moment".into()
        }
        Press::NotSent(ApplicationError::TooFast) => {
            "Not sent: that was a lot at once. Wait a moment.".into()
        }
        Press::NotSent(_) => "Not sent".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_devices_are_counted_apart() {
        for (people, devices, words) in [
            (3, 2, "3 people, 2 devices"),
            (1, 1, "1 person, 1 device"),
            (2, 0, "2 people, 0 devices"),
        ] {
            assert_eq!(present(people, devices), words);
        }
    }

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        for (value, words) in [
            (0.0, "0"),
            (-0.0, "0"),
            (21.0, "21"),
            (21.5, "21.5"),
            (-12.3456, "-12.346"),
            (1_000_000.0, "1000000"),
            (0.0004, "4.00e-4"),
            (6.02e23, "6.02e23"),
            (f64::MAX, "1.80e308"),
        ] {
            assert_eq!(gauge_value(&GaugeValue::Number(value)), words);
        }
        assert_eq!(gauge_value(&GaugeValue::Text(String::new())), "–");
    }

    #[test]
    fn what_became_of_a_press_is_told_in_the_devices_words_where_it_has_any() {
        for (became, words) in [
            (Press::Acknowledged, "Acknowledged"),
            (Press::NoAnswer, "No answer"),
            (Press::Failed("No power".to_owned()), "No power"),
            (Press::Failed(String::new()), "The device could not do it"),
        ] {
            assert_eq!(press(&became), words);
        }
    }
}
