//! Whether the server still hears us: a socket that looks open may be long dead, and only an answer proves the contrary.
//!
//! Invariant: at most one question is open, and an unanswered one ends with giving the socket up.

use crate::room::moment::Moment;

/// The server may take this long to answer while something else points to trouble, in ms.
const URGENT_ANSWER_MS: u64 = 900;

/// The server may take this long to answer otherwise, in ms.
const ANSWER_MS: u64 = 4_000;

/// The server is asked when nothing was heard from it for this long, in ms.
const ASKED_AFTER_MS: u64 = 10_000;

/// A tick may be this late, in ms: more means that the page slept.
const SLEPT_MS: u64 = 5_000;

/// A tick may be this late, in ms, without being taken for one of a page that was too busy to read the answer; the
/// answer of such a page is waited for this long once more.
const LATE_MS: u64 = 300;

/// An answer to an urgent question holds for this long, in ms.
const FRESH_MS: u64 = 700;

/// The socket shows one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pulse {
    /// Nothing is to be done.
    Fine,
    /// The server has to be asked something.
    Ask,
    /// The socket counts as dead.
    Dead,
}

/// This much is known of the socket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heartbeat {
    /// The server was last heard then.
    heard: Moment,
    /// It was asked something, and has not answered yet.
    question: Option<Question>,
}

/// A question that the server has not answered.
#[derive(Clone, Copy, Debug)]
struct Question {
    /// The socket counts as dead then.
    answer_due: Moment,
    /// An answer that comes later may still be waited for.
    patience: Patience,
}

/// An answer may only not have been read yet; it is waited for a little longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Patience {
    /// It is, once.
    Left,
    /// It was.
    Spent,
}

impl Question {
    fn due(answer_due: Moment) -> Self {
        Self {
            answer_due,
            patience: Patience::Left,
        }
    }
}

impl Heartbeat {
    /// The server was just heard.
    pub(crate) fn begin(now: Moment) -> Self {
        Self {
            heard: now,
            question: None,
        }
    }

    /// The server said something.
    pub(crate) fn hear(&mut self, now: Moment) {
        self.heard = now;
        self.question = None;
    }

    /// Something points to trouble: whether the server should be asked now.
    pub(crate) fn suspect(&mut self, now: Moment) -> Pulse {
        let due = now.plus(URGENT_ANSWER_MS);
        match &mut self.question {
            _ if now.since(self.heard) < FRESH_MS => Pulse::Fine,
            Some(asked) => {
                asked.answer_due = asked.answer_due.min(due);
                Pulse::Fine
            }
            None => {
                self.question = Some(Question::due(due));
                Pulse::Ask
            }
        }
    }

    /// When [`Self::tick`] has something to say, if the server says nothing before. A tick that comes much later tells that
    /// the page slept or was busy.
    pub(crate) fn next_deadline(&self) -> Moment {
        match self.question {
            Some(question) => question.answer_due,
            None => self.heard.plus(ASKED_AFTER_MS),
        }
    }

    /// Time passed.
    pub(crate) fn tick(&mut self, now: Moment) -> Pulse {
        let due = self.next_deadline();
        if now < due {
            return Pulse::Fine;
        }
        let late = now.since(due);
        if late > SLEPT_MS {
            self.question = None;
            return self.suspect(now);
        }
        match &mut self.question {
            Some(question) if late > LATE_MS && question.patience == Patience::Left => {
                question.answer_due = now.plus(LATE_MS);
                question.patience = Patience::Spent;
                Pulse::Fine
            }
            Some(_) => Pulse::Dead,
            None => {
                self.question = Some(Question::due(now.plus(ANSWER_MS)));
                Pulse::Ask
            }
        }
    }

    /// Whether a question is open: what is said now may reach nobody.
    pub(crate) fn is_waiting(&self) -> bool {
        self.question.is_some()
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
    fn a_page_that_is_always_late_gives_a_dead_socket_up_all_the_same() {
        let mut probe = Heartbeat::begin(Moment(0));
        assert_eq!(probe.suspect(Moment(2_000)), Pulse::Ask);
        let told = [4_000, 5_000].map(|ms| probe.tick(Moment(ms)));
        assert_eq!(told, [Pulse::Fine, Pulse::Dead]);
    }

    #[test]
    fn a_tick_before_the_deadline_says_nothing_and_one_at_it_does() {
        /// The heartbeat is brought into the state of a case by this.
        type Before = fn(&mut Heartbeat) -> Pulse;
        let table: [(&str, Before, u64, Pulse); 4] = [
            ("silence", |_| Pulse::Fine, 10_000, Pulse::Ask),
            (
                "trouble",
                |probe| probe.suspect(Moment(5_000)),
                5_900,
                Pulse::Dead,
            ),
            (
                "no answer",
                |probe| probe.tick(Moment(10_000)),
                14_000,
                Pulse::Dead,
            ),
            (
                "a busy page",
                |probe| {
                    probe.suspect(Moment(5_000));
                    probe.tick(Moment(8_000))
                },
                8_300,
                Pulse::Dead,
            ),
        ];
        for (what, before, due, pulse) in table {
            let mut probe = Heartbeat::begin(Moment(0));
            before(&mut probe);
            assert_eq!(probe.next_deadline(), Moment(due), "{what}");
            assert_eq!(probe.tick(Moment(due - 1)), Pulse::Fine, "{what}");
            assert_eq!(probe.next_deadline(), Moment(due), "{what}");
            assert_eq!(probe.tick(Moment(due)), pulse, "{what}");
        }
    }

    #[test]
    fn who_slept_asks_at_once() {
        let mut probe = Heartbeat::begin(Moment(0));
        assert_eq!(probe.tick(Moment(600_000)), Pulse::Ask);
        assert_eq!(probe.tick(Moment(600_500)), Pulse::Fine);
        assert_eq!(probe.tick(Moment(601_000)), Pulse::Dead);
    }
}
