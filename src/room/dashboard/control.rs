//! A control that a device announces, and what became of pressing it.
//!
//! Invariant: a control is on the topic `control/…`, and its label can be seen as a name can.

use serde_json::{Value, json};

use super::gauge::one_line;
use crate::protocol::DisplayName;
use crate::protocol::fields::{Fields, Read};
use crate::protocol::message::{message, words};
use crate::room::messaging::application::{ApplicationError, TOPIC_CHARACTERS, Topic};
use crate::room::moment::Moment;

/// Topics of controls begin with this.
const PREFIX: &str = "control/";

/// Acknowledgements come under the control's topic with this behind it.
const ACKNOWLEDGEMENT: &str = "/ack";

/// A device is given so long to answer, in ms.
const ANSWER_MS: u64 = 3_000;

words! {
    /// What a control looks like.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum ControlKind {
        /// It does something whenever it is pressed.
        Button = "button",
        /// It is on or off.
        Switch = "switch"
    }
}

message! {
    /// A control as a device announces it.
    #[derive(Clone, Debug, PartialEq)]
    pub(super) struct Announcement {
        /// What is pressed is told to the device under this topic.
        topic: Topic = "topic",
        /// This is written on it.
        label: DisplayName = "label",
        /// It looks like this.
        kind: ControlKind = "kind",
        /// It is on, or off, as far as the device knows.
        on: Option<bool> = "on" [default],
    }
}

/// What became of the last press.
#[derive(Clone, Debug, PartialEq)]
pub enum Press {
    /// It was sent.
    Sent,
    /// The device says that it did it.
    Acknowledged,
    /// The device said nothing for three seconds. It may still.
    NoAnswer,
    /// The device says that it could not do it, and these words, which may be none.
    Failed(String),
    /// It was not sent.
    NotSent(ApplicationError),
}

/// A press that the device has not answered.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Open {
    /// The answer names this number.
    ack: u32,
    /// The switch is to be on, or off, afterwards.
    wanted: bool,
    /// The device is given until then; `None` when that has passed.
    due: Option<Moment>,
}

/// A control of a device.
#[derive(Clone, Debug, PartialEq)]
pub struct Control {
    /// It is known by this topic.
    pub topic: Topic,
    /// This is written on it.
    pub label: DisplayName,
    /// It looks like this.
    pub kind: ControlKind,
    /// The switch is on, as the device said last.
    pub is_on: bool,
    /// The last press came to this; `None` before the first.
    pub press: Option<Press>,
    /// The last press is not answered.
    open: Option<Open>,
}

impl Control {
    /// Reads one of an announcement; `None` for what is none. Of the same control, if it was announced before, what became of
    /// pressing it stays known; and whether it is on, where the device does not say.
    pub(super) fn read(announced: &Value, before: &[Self]) -> Option<Self> {
        let Announcement {
            topic,
            label,
            kind,
            on,
        } = Announcement::read(announced).ok()?;
        let behind = topic.as_str().strip_prefix(PREFIX)?;
        if behind.is_empty() || topic.as_str().len() + ACKNOWLEDGEMENT.len() > TOPIC_CHARACTERS {
            return None;
        }
        let mut before = before.iter();
        let same = before.find(|other| other.topic == topic && other.kind == kind);
        Some(Self {
            is_on: on.unwrap_or_else(|| same.is_some_and(|same| same.is_on)),
            press: same.and_then(|same| same.press.clone()),
            open: same.and_then(|same| same.open),
            topic,
            label,
            kind,
        })
    }

    /// It is pressed, and the answer is to name this number; what is to be told to the device.
    pub(super) fn press(&mut self, ack: u32, now: Moment) -> Value {
        let wanted = !self.is_on;
        self.press = Some(Press::Sent);
        self.open = Some(Open {
            ack,
            wanted,
            due: Some(now.plus(ANSWER_MS)),
        });
        match self.kind {
            ControlKind::Button => json!({ "pressed": true }),
            ControlKind::Switch => json!({ "on": wanted }),
        }
    }

    /// Whether a message under this topic is an answer of this control.
    pub(super) fn is_answered_under(&self, topic: &Topic) -> bool {
        topic.as_str().strip_suffix(ACKNOWLEDGEMENT) == Some(self.topic.as_str())
    }

    /// The device answers; says whether it answers the last press.
    pub(super) fn answer(&mut self, data: &Value) -> bool {
        let Ok(fields) = Fields::of(data) else {
            return false;
        };
        let Some(open) = self.open else {
            return false;
        };
        if fields.maybe_u32("ack") != Ok(Some(open.ack)) {
            return false;
        }
        self.open = None;
        self.press = Some(match fields.value("error") {
            None => {
                self.is_on = open.wanted;
                Press::Acknowledged
            }
            Some(error) => Press::Failed(one_line(error.as_str().unwrap_or_default())),
        });
        true
    }

    /// The press of this number was not sent; says whether it is the last one.
    pub(super) fn not_sent(&mut self, ack: Option<u32>, error: ApplicationError) -> bool {
        let is_gone = self.open.take_if(|open| Some(open.ack) == ack).is_some();
        if is_gone {
            self.press = Some(Press::NotSent(error));
        }
        is_gone
    }

    /// Time passed; says whether the device's time to answer has passed with it.
    pub(super) fn tick(&mut self, now: Moment) -> bool {
        let Some(open) = &mut self.open else {
            return false;
        };
        let is_late = open.due.take_if(|due| *due <= now).is_some();
        if is_late {
            self.press = Some(Press::NoAnswer);
        }
        is_late
    }

    /// The device is given until then to answer.
    pub(super) fn due(&self) -> Option<Moment> {
        self.open?.due
    }
}
