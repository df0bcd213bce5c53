//! Whether the server still hears us: a socket that looks open may be long dead, and only an answer proves the contrary.
//!
//! Invariant: at most one question is open, and an unanswered one ends with giving the socket up.

use crate::room::moment::Moment;

/// How long the server may take to answer while something else points to trouble, in ms.
const URGENT_ANSWER_MS: u64 = 900;

/// How long it may take otherwise, in ms.
const ANSWER_MS: u64 = 4_000;

/// How long nothing is heard from the server before it is asked, in ms.
const ASKED_AFTER_MS: u64 = 10_000;

/// Between two ticks, in ms: more means that the page slept.
const SLEPT_MS: u64 = 5_000;

/// What a tick may be late without being taken for a page that was too busy to read the answer, in ms.
const LATE_MS: u64 = 500;

/// How long an answer to an urgent question holds, in ms.
const FRESH_MS: u64 = 700;

/// What should be done about the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pulse {
    /// Nothing.
    Fine,
    /// Ask the server something.
    Ask,
    /// Take the socket for dead.
    Dead,
}

/// What is known of the socket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heartbeat {
    heard: Moment,
    ticked: Moment,
    answer_due: Option<Moment>,
}

impl Heartbeat {
    /// The server was just heard.
    pub(crate) fn begin(now: Moment) -> Self {
        Self {
            heard: now,
            ticked: now,
            answer_due: None,
        }
    }

    /// The server said something.
    pub(crate) fn hear(&mut self, now: Moment) {
        self.heard = now;
        self.answer_due = None;
    }

    /// Something points to trouble: whether the server should be asked now.
    pub(crate) fn suspect(&mut self, now: Moment) -> Pulse {
        let due = now.plus(URGENT_ANSWER_MS);
        match self.answer_due {
            _ if now.since(self.heard) < FRESH_MS => Pulse::Fine,
            Some(asked) => {
                self.answer_due = Some(asked.min(due));
                Pulse::Fine
            }
            None => {
                self.answer_due = Some(due);
                Pulse::Ask
            }
        }
    }

    /// Time passed.
    pub(crate) fn tick(&mut self, now: Moment) -> Pulse {
        let pause = now.since(self.ticked);
        let slept = pause > SLEPT_MS;
        self.ticked = now;
        if let Some(due) = &mut self.answer_due {
            *due = due.plus(pause.saturating_sub(LATE_MS));
        }
        if slept {
            self.answer_due = None;
            return self.suspect(now);
        }
        match self.answer_due {
            Some(due) if due <= now => Pulse::Dead,
            None if now.since(self.heard) >= ASKED_AFTER_MS => {
                self.answer_due = Some(now.plus(ANSWER_MS));
                Pulse::Ask
            }
            _ => Pulse::Fine,
        }
    }

    /// Whether a question is open: what is said now may reach nobody.
    pub(crate) fn is_waiting(&self) -> bool {
        self.answer_due.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_server_is_asked_and_a_dead_socket_given_up() {
        let mut probe = Heartbeat::begin(Moment(0));
        let told: Vec<_> = (0..=60)
            .map(|step| (step * 250, probe.tick(Moment(step * 250))))
            .filter(|(_, verdict)| *verdict != Pulse::Fine)
            .collect();
        assert_eq!(told[0], (10_000, Pulse::Ask));
        assert_eq!(told[1], (14_000, Pulse::Dead));
    }

    #[test]
    fn any_word_of_the_server_answers() {
        let mut probe = Heartbeat::begin(Moment(0));
        assert_eq!(probe.suspect(Moment(2_000)), Pulse::Ask);
        assert!(probe.is_waiting());
        probe.hear(Moment(2_100));
        assert!(!probe.is_waiting());
        assert_eq!(probe.tick(Moment(4_000)), Pulse::Fine);
    }

    #[test]
    fn trouble_makes_it_urgent_and_does_not_ask_twice() {
        let mut probe = Heartbeat::begin(Moment(1_750));
        assert_eq!(probe.suspect(Moment(2_500)), Pulse::Ask);
        assert_eq!(probe.suspect(Moment(3_000)), Pulse::Fine);
        let told = [2_000, 2_500, 3_000, 3_250, 3_500].map(|ms| probe.tick(Moment(ms)));
        let fine = Pulse::Fine;
        assert_eq!(told, [fine, fine, fine, fine, Pulse::Dead]);
    }

    #[test]
    fn a_page_that_was_busy_does_not_blame_the_server() {
        let mut probe = Heartbeat::begin(Moment(0));
        assert_eq!(probe.tick(Moment(2_000)), Pulse::Fine);
        assert_eq!(probe.suspect(Moment(2_000)), Pulse::Ask);
        // The answer waits to be read.
        assert_eq!(probe.tick(Moment(4_000)), Pulse::Fine);
        assert_eq!(probe.tick(Moment(4_250)), Pulse::Fine);
        assert_eq!(probe.tick(Moment(4_500)), Pulse::Dead);
    }

    #[test]
    fn who_slept_asks_at_once() {
        let mut probe = Heartbeat::begin(Moment(0));
        assert_eq!(probe.tick(Moment(600_000)), Pulse::Ask);
        assert_eq!(probe.tick(Moment(600_500)), Pulse::Fine);
        assert_eq!(probe.tick(Moment(601_000)), Pulse::Dead);
    }
}
