//! One value of a device, as it told it last.
//!
//! Invariant: no text in it is longer than it says, or holds what could disguise the rest.

use serde_json::Value;

use super::series::Series;
use crate::protocol::DisplayName;
use crate::room::messaging::chat::text::MessageText;
use crate::room::moment::Moment;

/// So many characters of a name within the data of a message are shown.
const KEY_CHARACTERS: usize = 40;

/// So many characters of a text are looked at: of more than the first line or two nothing is shown.
const READ_CHARACTERS: usize = 400;

/// What a device told.
#[derive(Clone, Debug, PartialEq)]
pub enum GaugeValue {
    /// It told a number.
    Number(f64),
    /// It told that something is so, or is not.
    Flag(bool),
    /// It told a text, in one line of at most 80 characters, or something else that is written as one; empty where it told
    /// nothing.
    Text(String),
}

impl GaugeValue {
    /// Reads any JSON.
    pub(super) fn read(value: &Value) -> Self {
        match value {
            Value::Null => Self::Text(String::new()),
            Value::Bool(flag) => Self::Flag(*flag),
            Value::Number(number) => match number.as_f64() {
                Some(number) => Self::Number(number),
                None => Self::Text(number.to_string()),
            },
            Value::String(text) => Self::Text(one_line(text)),
            Value::Array(_) | Value::Object(_) => Self::Text(one_line(&value.to_string())),
        }
    }
}

/// The beginning of a text, cleaned as messages are; empty where nothing of it can be shown.
pub(super) fn one_line(text: &str) -> String {
    let beginning: String = text.chars().take(READ_CHARACTERS).collect();
    MessageText::parse(&beginning).map_or_else(|_| String::new(), |text| text.beginning())
}

/// A name within the data of a message, cleaned as names are; `None` where nothing of it can be shown.
pub(super) fn read_key(key: &str) -> Option<String> {
    let beginning: String = key.chars().take(KEY_CHARACTERS).collect();
    let name = DisplayName::parse(&beginning).ok()?;
    Some(name.to_string())
}

/// One value of a device.
#[derive(Clone, Debug, PartialEq)]
pub struct Gauge {
    /// The device told it under the topic that has this behind `telemetry/`.
    pub topic: String,
    /// It has this name in the data; empty where the data is the value itself.
    pub key: String,
    /// It was this when the device told it last.
    pub value: GaugeValue,
    /// It was these numbers within the last two minutes; none where it is no number.
    pub series: Series,
    /// The device told it last then.
    pub(super) told_at: Moment,
}

impl Gauge {
    /// A value that is told for the first time.
    pub(super) fn new(topic: &str, key: String, value: GaugeValue, now: Moment) -> Self {
        let mut gauge = Self {
            topic: topic.to_owned(),
            key,
            value: GaugeValue::Text(String::new()),
            series: Series::default(),
            told_at: now,
        };
        gauge.set(value, now);
        gauge
    }

    /// The device tells it anew.
    pub(super) fn set(&mut self, value: GaugeValue, now: Moment) {
        match value {
            GaugeValue::Number(number) => self.series.push(now, number),
            GaugeValue::Flag(_) | GaugeValue::Text(_) => self.series.clear(),
        }
        self.value = value;
        self.told_at = now;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_json_is_a_value_and_texts_are_one_clean_line() {
        let text = |text: &str| GaugeValue::Text(text.to_owned());
        for (json, value) in [
            (json!(21.5), GaugeValue::Number(21.5)),
            (json!(-3), GaugeValue::Number(-3.0)),
            (json!(true), GaugeValue::Flag(true)),
            (json!(null), text("")),
            (json!(" \u{202e}\n "), text("")),
            (json!("all\n\u{202e}well"), text("all well")),
            (json!([1, {"a": 2}]), text(r#"[1,{"a":2}]"#)),
        ] {
            assert_eq!(GaugeValue::read(&json), value, "{json}");
        }
        let GaugeValue::Text(long) = GaugeValue::read(&json!("x".repeat(30_000))) else {
            panic!("not a text");
        };
        assert_eq!(long.chars().count(), 81);
        assert_eq!(read_key("\u{200b}"), None);
        assert_eq!(read_key(&"k".repeat(100)).unwrap().len(), 40);
    }
}
