//! Which messages wait for an acknowledgement, and whose is still missing.
//!
//! Invariant: every message that was sent with `ack` ends with one word on each person it went to: acknowledged, or not in time.
//! Whoever went, or whose message was never sent, is among those who did not.

use serde_json::Value;

use crate::protocol::PeerId;
use crate::protocol::fields::Fields;
use crate::room::Moment;
use crate::room::messaging::application::{ApplicationMessage, Topic};

/// An acknowledgement has the topic of what it acknowledges with this behind it.
const ACKNOWLEDGEMENT_SUFFIX: &str = "/ack";

/// At most so many messages wait at a time.
pub(crate) const MOST_WAITING: usize = 1_000;

/// The messages that wait.
#[derive(Debug, Default)]
pub(crate) struct Acknowledgements {
    /// The last message that was to be acknowledged had this number; the first has 1.
    last: u32,
    /// These wait, in the order in which they were sent.
    waiting: Vec<Waiting>,
}

/// A message that waits.
#[derive(Debug)]
struct Waiting {
    /// It has this number.
    number: u32,
    /// It is acknowledged under this topic.
    topic: Topic,
    /// These people have not acknowledged it.
    people: Vec<PeerId>,
    /// They have time until then.
    due: Moment,
}

/// Somebody acknowledged a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    /// The message has this number.
    pub(crate) of: u32,
    /// They say that they could not do what it asks, and why.
    pub(crate) error: Option<String>,
}

/// A message was not acknowledged by everyone in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unacknowledged {
    /// The message has this number.
    pub(crate) of: u32,
    /// These people did not acknowledge it.
    pub(crate) by: Vec<PeerId>,
}

impl Acknowledgements {
    /// The number of the next message that is to be acknowledged; it is used up, whatever becomes of the message. `None` while
    /// too many wait.
    pub(crate) fn next_number(&mut self) -> Option<u32> {
        self.last = self.last.wrapping_add(1);
        (self.waiting.len() < MOST_WAITING).then_some(self.last)
    }

    /// The last number that was given.
    pub(crate) fn last_number(&self) -> u32 {
        self.last
    }

    /// A message of this number went to these people, who have time until `due`.
    pub(crate) fn expect(&mut self, number: u32, topic: &Topic, people: Vec<PeerId>, due: Moment) {
        if let Some(topic) = acknowledgement_topic(topic) {
            self.waiting.push(Waiting {
                number,
                topic,
                people,
                due,
            });
        }
    }

    /// Takes a message that may be an acknowledgement; one that nobody waits for is none.
    pub(crate) fn hear(
        &mut self,
        from: &PeerId,
        message: &ApplicationMessage,
    ) -> Option<Acknowledged> {
        let fields = Fields::of(&message.data).ok()?;
        let number = fields.maybe_u32("ack").ok()??;
        let index = self.waiting.iter().position(|waiting| {
            waiting.number == number
                && waiting.topic == message.topic
                && waiting.people.contains(from)
        })?;
        let waiting = &mut self.waiting[index];
        waiting.people.retain(|person| person != from);
        if waiting.people.is_empty() {
            self.waiting.remove(index);
        }
        Some(Acknowledged {
            of: number,
            error: fields.value("error").map(reason),
        })
    }

    /// So many wait.
    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.waiting.len()
    }

    /// When [`Self::overdue`] has something to say next.
    pub(crate) fn next_deadline(&self) -> Option<Moment> {
        self.waiting.iter().map(|waiting| waiting.due).min()
    }

    /// The messages whose time is over.
    pub(crate) fn overdue(&mut self, now: Moment) -> Vec<Unacknowledged> {
        let over = self.waiting.extract_if(.., |waiting| waiting.due <= now);
        over.map(|waiting| Unacknowledged {
            of: waiting.number,
            by: waiting.people,
        })
        .collect()
    }
}

/// The topic under which a message of this topic is acknowledged; `None` when it would be too long.
pub(crate) fn acknowledgement_topic(topic: &Topic) -> Option<Topic> {
    Topic::parse(&[topic.as_str(), ACKNOWLEDGEMENT_SUFFIX].concat()).ok()
}

/// What went wrong, as text.
fn reason(error: &Value) -> String {
    match error {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn topic(text: &str) -> Topic {
        Topic::parse(text).unwrap()
    }

    fn message(about: &str, data: Value) -> ApplicationMessage {
        ApplicationMessage {
            topic: topic(about),
            data,
            ack: None,
        }
    }

    fn people() -> [PeerId; 2] {
        ["P1", "P2"].map(PeerId::new)
    }

    #[test]
    fn each_person_acknowledges_for_themselves() {
        let mut all = Acknowledgements::default();
        let number = all.next_number().unwrap();
        let [one, two] = people();
        let due = Moment(3_000);
        all.expect(number, &topic("control/lamp"), people().to_vec(), due);
        assert_eq!(all.next_deadline(), Some(due));
        let ack = message("control/lamp/ack", json!({"ack": number}));
        let acknowledged = Acknowledged { of: 1, error: None };
        assert_eq!(all.hear(&one, &ack), Some(acknowledged));
        assert_eq!(all.hear(&one, &ack), None, "only once");
        assert_eq!(all.overdue(Moment(2_999)), []);
        let missing = Unacknowledged {
            of: 1,
            by: vec![two.clone()],
        };
        assert_eq!(all.overdue(due), [missing]);
        assert_eq!(all.hear(&two, &ack), None, "too late");
        assert_eq!(all.next_deadline(), None);
    }

    #[test]
    fn what_went_wrong_is_told_as_text() {
        for (error, text) in [
            (json!("stuck"), "stuck"),
            (json!({"code": 7}), r#"{"code":7}"#),
        ] {
            let mut all = Acknowledgements::default();
            let number = all.next_number().unwrap();
            let [one, _] = people();
            all.expect(number, &topic("a"), vec![one.clone()], Moment(1));
            let ack = message("a/ack", json!({"ack": number, "error": error}));
            assert_eq!(all.hear(&one, &ack).unwrap().error.as_deref(), Some(text));
        }
    }

    #[test]
    fn what_acknowledges_nothing_that_waits_is_an_ordinary_message() {
        let mut all = Acknowledgements::default();
        let number = all.next_number().unwrap();
        let [one, two] = people();
        all.expect(number, &topic("a"), vec![one.clone()], Moment(1));
        for (from, about, data) in [
            (&two, "a/ack", json!({"ack": number})),
            (&one, "b/ack", json!({"ack": number})),
            (&one, "a/ack", json!({"ack": number + 1})),
            (&one, "a/ack", json!({"ack": "1"})),
            (&one, "a/ack", json!([])),
        ] {
            assert_eq!(all.hear(from, &message(about, data)), None);
        }
    }

    #[test]
    fn numbers_rise_and_are_not_given_while_too_many_wait() {
        let mut all = Acknowledgements::default();
        for number in 1..=MOST_WAITING {
            assert_eq!(all.next_number(), u32::try_from(number).ok());
            all.expect(all.last_number(), &topic("a"), people().to_vec(), Moment(1));
        }
        assert_eq!(all.next_number(), None);
        assert_eq!(all.overdue(Moment(1)).len(), MOST_WAITING);
        assert_eq!(all.next_number(), Some(1_002));
    }
}
