//! What one participant is told by its device, and what is counted of it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use serde_json::{Value, json};

use super::roll::VisitId;
use super::shared::Shared;
use crate::device::lines::event::{Arrived, Event, Line};
use crate::device::measures::meter::Meter;
use crate::device::measures::sequence::Sequence;
use crate::device::media::synthetic::stamp::StampClock;
use crate::protocol::PeerId;

/// Messages of a run have this topic.
const TOPIC: &str = "load/message";

/// So many people are reached by messages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reached(Arc<AtomicUsize>);

impl Reached {
    /// Whether there is anybody to say something to.
    pub(crate) fn is_anybody(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}

/// The ear of one participant.
pub(crate) struct Ear {
    shared: Arc<Shared>,
    visit: VisitId,
    meter: Arc<Meter>,
    reached: Reached,
    /// What came of whom.
    senders: HashMap<PeerId, Sequence>,
}

impl Ear {
    /// The ear of a participant, who keeps the other things.
    pub(crate) fn new(
        shared: Arc<Shared>,
        visit: VisitId,
        meter: Arc<Meter>,
        reached: Reached,
    ) -> Self {
        Self {
            shared,
            visit,
            meter,
            reached,
            senders: HashMap::new(),
        }
    }

    /// Hears a line.
    pub(crate) fn hear(&mut self, line: Line, now: Instant) {
        match line {
            Line::Message(message) => self.hear_message(&message, now),
            Line::Event(Event::Joined { peer, .. }) => {
                self.shared.roll.join(self.visit, peer, &self.meter, now);
            }
            Line::Event(Event::Connected { .. }) => {
                self.reached.0.fetch_add(1, Ordering::Relaxed);
            }
            Line::Event(Event::Disconnected { peer }) => {
                self.senders.remove(&peer);
                let reached = self.reached.0.load(Ordering::Relaxed);
                self.reached
                    .0
                    .store(reached.saturating_sub(1), Ordering::Relaxed);
            }
            Line::Event(Event::Reconnecting) => self.shared.roll.cut_off(self.visit),
            Line::Event(Event::Reconnected) => self.shared.roll.reconnect(self.visit),
            Line::Event(Event::SlowLine { .. }) => self.shared.roll.count_slow_line(),
            Line::Event(Event::Error { code, .. }) => self.shared.roll.count_error(code),
            Line::Event(_) => {}
        }
    }

    fn hear_message(&mut self, message: &Arrived, now: Instant) {
        let run = &self.shared.run;
        let stamp = (message.topic == TOPIC).then(|| Stamp::read(&message.data));
        let Some(stamp) = stamp.flatten().filter(|it| it.run == run.clock.run()) else {
            return;
        };
        let sequence = self.senders.entry(message.from.clone()).or_default();
        let arrivals = sequence.arrive(stamp.number);
        if run.goes_on() {
            run.add(|tally| {
                tally.messages += arrivals;
                tally.message_delays.add(run.clock.since(stamp.micros, now));
            });
        }
    }
}

/// What a message of a run says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    run: u64,
    number: u64,
    micros: u64,
}

impl Stamp {
    fn read(data: &Value) -> Option<Self> {
        let [run, number, micros] = data.as_array()?.as_slice() else {
            return None;
        };
        Some(Self {
            run: run.as_u64()?,
            number: number.as_u64()?,
            micros: micros.as_u64()?,
        })
    }
}

/// The line with which a device sends the message with this number to everyone, on the fast channel.
pub(crate) fn message(clock: StampClock, number: u64, now: Instant) -> String {
    let data = json!([clock.run(), number, clock.micros(now)]);
    json!({"topic": TOPIC, "data": data, "reliable": false}).to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::device::lines::order::Order;
    use crate::device::load::plan::{Pattern, plan};

    fn ear(run: u64) -> (Ear, Arc<Shared>) {
        let began = Instant::now();
        let shared = Arc::new(Shared::new(plan(1, 2, Pattern::Meeting), run, began));
        let meter = Arc::new(Meter::new(Arc::clone(&shared.run)));
        let visit = shared.roll.begin(0);
        let ear = Ear::new(Arc::clone(&shared), visit, meter, Reached::default());
        (ear, shared)
    }

    fn arrived(clock: StampClock, number: u64, made: Instant) -> Line {
        let Ok(Order::Send(sending)) = Order::parse(&message(clock, number, made)) else {
            panic!("a device understands it");
        };
        Line::Message(Arrived {
            topic: sending.topic.into(),
            data: sending.data,
            from: PeerId::new("P1"),
            name: "Ada".to_owned(),
            reliable: false,
            ack: None,
        })
    }

    #[test]
    fn what_is_sent_is_understood_counted_and_timed_where_it_arrives() {
        let (mut ear, shared) = ear(u64::MAX);
        let made = shared.began + Duration::from_secs(1);
        let now = made + Duration::from_millis(7);
        for number in [1, 2, 5, 4, 5] {
            ear.hear(arrived(shared.run.clock, number, made), now);
        }
        let other = StampClock::new(3, shared.began);
        ear.hear(arrived(other, 1, made), now);
        let tally = shared.run.tally();
        let counted = tally.messages;
        assert_eq!((counted.received, counted.lost), (4, 1));
        assert_eq!((counted.reordered, counted.duplicates), (1, 1));
        assert_eq!(tally.message_delays.largest(), Duration::from_millis(7));
    }

    #[test]
    fn a_slow_line_is_counted_and_so_is_what_was_not_done() {
        let (mut ear, shared) = ear(1);
        let peer = PeerId::new("P1");
        ear.hear(Event::SlowLine { peer }.into(), shared.began);
        let error = Event::Error {
            code: "too-fast",
            message: String::new(),
            of: None,
        };
        ear.hear(error.into(), shared.began);
        let counts = shared.roll.counts();
        assert_eq!((counts.slow_lines, counts.errors["too-fast"]), (1, 1));
    }

    #[test]
    fn a_server_that_goes_and_comes_is_counted() {
        let (mut ear, shared) = ear(1);
        for event in [Event::Reconnecting, Event::Reconnected, Event::Reconnecting] {
            ear.hear(event.into(), shared.began);
        }
        let counts = shared.roll.counts();
        assert_eq!((counts.cut_off, counts.reconnected), (2, 1));
    }

    #[test]
    fn somebody_is_reached_from_when_they_are_connected_to_when_they_are_not() {
        let (mut ear, shared) = ear(1);
        let peer = PeerId::new("P1");
        let connected = Event::Connected { peer: peer.clone() };
        ear.hear(connected.into(), shared.began);
        assert!(ear.reached.is_anybody());
        let lost = Event::Disconnected { peer };
        ear.hear(lost.into(), shared.began);
        assert!(!ear.reached.is_anybody());
    }
}
