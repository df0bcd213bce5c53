//! The controls that a device announces: what others may ask of it by a button or a switch.
//!
//! Invariant: an [`Announcement`] has at most [`MOST_CONTROLS`] controls, each with a topic below `control/` of its own and a
//! label that a page shows.

use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

use super::acknowledgements::acknowledgement_topic;
use crate::protocol::DisplayName;
use crate::protocol::fields::{Fields, WrongField};
use crate::room::messaging::application::{ApplicationMessage, Topic};

/// A device announces at most so many controls.
pub(crate) const MOST_CONTROLS: usize = 20;

/// A label has at most so many characters.
const LABEL_CHARACTERS: usize = 40;

/// The announcement travels under this topic.
const TOPIC: &str = "device/controls";

/// The topics of controls begin with this.
const CONTROL_PREFIX: &str = "control/";

/// The controls of a device, in the order in which they are shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct Announcement(Vec<Control>);

/// One control.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Control {
    /// Who uses it sends a message about this.
    topic: Topic,
    /// It is called this.
    label: String,
    /// It is used like this.
    kind: ControlKind,
    /// A switch is on, or off; `None` where the program does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<bool>,
}

/// How a control is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum ControlKind {
    /// It is pressed.
    Button,
    /// It is on or off.
    Switch,
}

/// Why controls cannot be announced.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum AnnouncementError {
    /// It is no list of controls.
    #[error("`announce` is a list of controls, each with `topic`, `label` and `kind`")]
    Form,
    /// There are too many.
    #[error("a device announces at most {MOST_CONTROLS} controls")]
    TooMany,
    /// A control lacks something.
    #[error("a control's {0}")]
    Field(#[from] WrongField),
    /// A topic is none, is not below `control/`, or is there twice.
    #[error("a control's topic begins with control/, has at most 60 characters, and is its own")]
    Topic,
    /// A label cannot be shown.
    #[error("a control's label has 1 to {LABEL_CHARACTERS} characters that can be seen")]
    Label,
    /// It is neither a button nor a switch.
    #[error("a control's kind is button or switch")]
    Kind,
}

impl Announcement {
    /// Reads a list of controls; an empty one takes back what was announced before.
    ///
    /// # Errors
    /// [`AnnouncementError`], with words for the program's author.
    pub(crate) fn read(value: &Value) -> Result<Self, AnnouncementError> {
        let list = value.as_array().ok_or(AnnouncementError::Form)?;
        if list.len() > MOST_CONTROLS {
            return Err(AnnouncementError::TooMany);
        }
        let mut controls: Vec<Control> = Vec::with_capacity(list.len());
        for value in list {
            let control = Control::read(value)?;
            if controls.iter().any(|known| known.topic == control.topic) {
                return Err(AnnouncementError::Topic);
            }
            controls.push(control);
        }
        Ok(Self(controls))
    }

    /// As it is sent.
    pub(crate) fn to_message(&self) -> Option<ApplicationMessage> {
        Some(ApplicationMessage {
            topic: Topic::parse(TOPIC).ok()?,
            data: serde_json::to_value(self).ok()?,
            ack: None,
        })
    }
}

impl Control {
    fn read(value: &Value) -> Result<Self, AnnouncementError> {
        let fields = Fields::of(value).map_err(|_| AnnouncementError::Form)?;
        let topic = fields.text("topic")?;
        let topic = Topic::parse(topic).map_err(|_| AnnouncementError::Topic)?;
        let name = topic.as_str().strip_prefix(CONTROL_PREFIX);
        if name.is_none_or(str::is_empty) || acknowledgement_topic(&topic).is_none() {
            return Err(AnnouncementError::Topic);
        }
        let label = fields.text("label")?.trim();
        let is_shown = !label.chars().any(char::is_control) && DisplayName::parse(label).is_ok();
        if !is_shown || !(1..=LABEL_CHARACTERS).contains(&label.chars().count()) {
            return Err(AnnouncementError::Label);
        }
        let kind = match fields.text("kind")? {
            "button" => ControlKind::Button,
            "switch" => ControlKind::Switch,
            _ => return Err(AnnouncementError::Kind),
        };
        Ok(Self {
            topic,
            label: label.to_owned(),
            kind,
            on: fields.maybe_flag("on")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_announced_travels_as_it_was_said() {
        let controls = json!([
            {"topic": "control/lamp", "label": " Lamp ", "kind": "switch"},
            {"topic": "control/horn", "label": "Horn", "kind": "button"},
            {"topic": "control/fan", "label": "Fan", "kind": "switch", "on": true},
        ]);
        let message = Announcement::read(&controls).unwrap().to_message().unwrap();
        assert_eq!(message.topic.as_str(), "device/controls");
        assert_eq!(
            message.data[0],
            json!({"topic": "control/lamp", "label": "Lamp", "kind": "switch"})
        );
        assert_eq!(message.data[1], controls[1]);
        assert_eq!(message.data[2], controls[2]);
        assert_eq!(Announcement::read(&json!([])), Ok(Announcement::default()));
    }

    #[test]
    fn controls_that_cannot_be_shown_or_used_are_refused() {
        let control = |topic: &str, label: &str, kind: &str| {
            Announcement::read(&json!([{"topic": topic, "label": label, "kind": kind}]))
        };
        let long = format!("control/{}", "a".repeat(53));
        for topic in ["lamp", "control", "control/", "control/Lamp", &long] {
            assert_eq!(
                control(topic, "Lamp", "switch"),
                Err(AnnouncementError::Topic)
            );
        }
        for label in ["", "  ", "\u{200b}", "a\u{7}b", &"x".repeat(41)] {
            assert_eq!(
                control("control/a", label, "switch"),
                Err(AnnouncementError::Label)
            );
        }
        assert_eq!(
            control("control/a", "A", "dial"),
            Err(AnnouncementError::Kind)
        );
        let one = json!({"topic": "control/a", "label": "A", "kind": "button"});
        let twice = Announcement::read(&json!([one, one]));
        assert_eq!(twice, Err(AnnouncementError::Topic));
        let many = vec![one; MOST_CONTROLS + 1];
        assert_eq!(
            Announcement::read(&json!(many)),
            Err(AnnouncementError::TooMany)
        );
        assert_eq!(Announcement::read(&json!({})), Err(AnnouncementError::Form));
        assert_eq!(
            Announcement::read(&json!([1])),
            Err(AnnouncementError::Form)
        );
        assert!(Announcement::read(&json!([{}])).is_err());
        let unsure = json!([{"topic": "control/a", "label": "A", "kind": "switch", "on": "yes"}]);
        assert_eq!(
            Announcement::read(&unsure),
            Err(AnnouncementError::Field(WrongField("on")))
        );
    }
}
