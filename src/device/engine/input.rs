//! Anything that wakes the engine, in the order in which it is taken.

use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::time::sleep_until;

use super::driver::Engine;
use super::standing::Standing;
use super::termination::Politeness;
use crate::device::connection::report::ConnectionReport;
use crate::device::exit::JoinEnd;
use crate::device::lines::reader::LineRead;
use crate::device::media::player::Played;
use crate::device::socket::signaling::{SocketNews, SocketReport};
use crate::protocol::ServerMessage;
use crate::room::{DeviceKind, Event, SocketEvent, VisitEvent};

/// What woke the engine.
pub(super) enum Input {
    /// The process is told to end, and politely or not.
    Terminated(Politeness),
    /// The program said something.
    Line(LineRead),
    /// A connection reports.
    Connection(Box<ConnectionReport>),
    /// The socket reports.
    Socket(SocketReport),
    /// A source has something to send.
    Played(DeviceKind, Played),
    /// Something is due.
    Time,
}

impl Engine {
    /// Waits for the next input.
    pub(super) async fn next_input(&mut self) -> Input {
        let due = self.next_deadline();
        let time = async {
            match due {
                Some(due) => sleep_until(due.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(time);
        poll_fn(|context| match self.poll_input(context) {
            Poll::Ready(input) => Poll::Ready(input),
            Poll::Pending => time.as_mut().poll(context).map(|()| Input::Time),
        })
        .await
    }

    /// In this order: the end, what connections and the server say, what the program wants, what is played.
    fn poll_input(&mut self, context: &mut Context<'_>) -> Poll<Input> {
        if let Poll::Ready(politeness) = self.terminations.poll(context) {
            return Poll::Ready(Input::Terminated(politeness));
        }
        if let Poll::Ready(Some(report)) = self.socket_reports.poll_recv(context) {
            return Poll::Ready(Input::Socket(report));
        }
        if let Poll::Ready(Some(report)) = self.connection_reports.poll_recv(context) {
            return Poll::Ready(Input::Connection(Box::new(report)));
        }
        // A program need not wait for the room before it speaks: its words wait.
        if self.standing != Standing::Outside
            && let Some(lines) = &mut self.lines
            && let Poll::Ready(line) = lines.poll_recv(context)
        {
            return Poll::Ready(Input::Line(line.unwrap_or(LineRead::End)));
        }
        self.media
            .poll(context)
            .map(|(kind, played)| Input::Played(kind, played))
    }

    /// When something is due, if nothing happens before.
    fn next_deadline(&self) -> Option<Instant> {
        let moments = [
            self.visit.next_deadline(self.clock.now()),
            self.acknowledgements.next_deadline(),
        ];
        let moments = moments.into_iter().flatten();
        let moments = moments.map(|moment| self.clock.at(moment));
        let instants = [self.signaling.due(), self.next_round];
        moments.chain(instants.into_iter().flatten()).min()
    }

    /// Takes what happened.
    pub(super) fn take(&mut self, input: Input) {
        match input {
            Input::Terminated(Politeness::Terminate) if self.state.is_some() => {
                self.end = Some(JoinEnd::Interrupted);
            }
            Input::Terminated(_) => self.leave(),
            Input::Line(line) => self.take_line(line),
            Input::Connection(report) => self.take_connection_report(*report),
            Input::Socket(report) => self.take_socket_report(report),
            Input::Played(kind, played) => self.take_played(kind, played),
            Input::Time => self.take_time(),
        }
        if self.output.is_broken() && self.end.is_none() {
            self.leave();
        }
    }

    fn take_time(&mut self) {
        let now = Instant::now();
        if self.signaling.due().is_some_and(|due| due <= now) {
            self.signaling.connect(&self.options);
        }
        if self.next_round.is_some_and(|due| due <= now) {
            self.join();
        }
        self.hand(VisitEvent::Time);
        self.tell_of_the_unacknowledged();
    }

    fn take_socket_report(&mut self, report: SocketReport) {
        if !self.signaling.is_current(report.number) {
            return;
        }
        match report.what {
            SocketNews::Opened(local) => {
                self.signaling.opened(local);
                self.hand_socket(SocketEvent::Opened);
            }
            SocketNews::Said(message) => self.take_message(*message),
            SocketNews::Closed(code, reason) => {
                self.signaling.closed(reason);
                self.hand_socket(SocketEvent::Closed(code));
            }
        }
    }

    fn take_message(&mut self, message: ServerMessage) {
        if let ServerMessage::Welcome {
            resume, resumed, ..
        } = &message
        {
            self.keep_seat(resume.clone());
            self.is_resumed = *resumed;
        }
        if let Some(message) = self.numbers.incoming(message) {
            self.hand(VisitEvent::Call(Event::Server(message)));
        }
    }

    fn hand_socket(&mut self, event: SocketEvent) {
        self.hand(VisitEvent::Call(Event::Socket(event)));
    }
}
