//! What the program asks for, line by line.
//!
//! Invariant: a line that cannot be followed costs an event that says why, and nothing else.

use super::driver::Engine;
use crate::device::lines::event::Event;
use crate::device::lines::order::{Order, OrderError, Sending};
use crate::device::lines::reader::LineRead;
use crate::device::words;
use crate::protocol::PeerId;
use crate::room::messaging::MessagingAction;
use crate::room::messaging::application::{
    ApplicationError, ApplicationMessage, ApplicationRequest,
};
use crate::room::messaging::channel::Reliability;
use crate::room::messaging::recipients::Recipients;
use crate::room::{VisitAction, VisitEvent};

impl Engine {
    /// Takes a line of the program.
    pub(super) fn take_line(&mut self, line: LineRead) {
        let order = match line {
            LineRead::Line(line) if line.trim().is_empty() => return,
            LineRead::Line(line) => Order::parse(&line),
            LineRead::TooLong => Err(OrderError::TooLong),
            LineRead::End => return self.leave(),
        };
        match order {
            Ok(Order::Send(sending)) => self.send(sending),
            Ok(Order::Say { text, to }) => {
                for to in recipients(to) {
                    let text = text.clone();
                    let action = MessagingAction::Say { text, to };
                    self.hand(VisitEvent::Wanted(VisitAction::Messaging(action)));
                }
            }
            Ok(Order::Announce(announcement)) => self.announce(announcement),
            Ok(Order::Leave) => self.leave(),
            Err(error) => self.refuse(error.code(), error.to_string()),
        }
    }

    fn send(&mut self, sending: Sending) {
        let mut number = None;
        if sending.acknowledged_within.is_some() {
            let next = self.acknowledgements.next_number();
            self.line_number = Some(self.acknowledgements.last_number());
            if next.is_none() {
                self.refuse("too-many-waiting", words::TOO_MANY_WAIT.to_owned());
                self.line_number = None;
                return;
            }
            number = next;
        }
        let message = ApplicationMessage {
            topic: sending.topic,
            data: sending.data,
            ack: number,
        };
        let reached = self.roster.reached().to_vec();
        let mut people = Vec::new();
        for to in recipients(sending.to) {
            match self.request(message.clone(), to.clone(), sending.reliability) {
                Ok(()) => people.extend(reached.iter().filter(|it| to.includes(it)).cloned()),
                Err(error) => self.refuse(error.code(), error.to_string()),
            }
        }
        self.line_number = None;
        if let (Some(number), Some(wait)) = (number, sending.acknowledged_within)
            && !people.is_empty()
        {
            let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            let due = self.clock.now().plus(wait);
            self.acknowledgements
                .expect(number, &message.topic, people, due);
        }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// Why the model does not send it.
    pub(super) fn request(
        &mut self,
        message: ApplicationMessage,
        to: Recipients,
        reliability: Reliability,
    ) -> Result<(), ApplicationError> {
        self.refusal = None;
        self.hand(VisitEvent::Application(ApplicationRequest {
            message,
            to,
            reliability,
        }));
        self.refusal.take().map_or(Ok(()), Err)
    }

    /// Tells the program of messages that were not acknowledged in time.
    pub(super) fn tell_of_the_unacknowledged(&mut self) {
        for overdue in self.acknowledgements.overdue(self.clock.now()) {
            self.output.tell(Event::Unacknowledged {
                of: overdue.of,
                by: overdue.by,
            });
        }
    }
}

/// Whom a line names: everyone, or each of them.
fn recipients(to: Vec<PeerId>) -> Vec<Recipients> {
    if to.is_empty() {
        return vec![Recipients::Everyone];
    }
    to.into_iter().map(Recipients::Person).collect()
}
