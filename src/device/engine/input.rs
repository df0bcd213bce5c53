//! Anything that wakes the engine, from each source in its turn.
//!
//! Invariant: however much one source has, the others are heard too: nobody can talk so much that the time stands still, or that
//! the program is not listened to.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Instant, sleep_until};

use super::driver::Engine;
use super::standing::Standing;
use super::termination::Politeness;
use crate::device::connection::report::ConnectionReport;
use crate::device::exit::JoinEnd;
use crate::device::lines::reader::LineRead;
use crate::device::media::played::Played;
use crate::device::socket::signaling::{SocketNews, SocketReport};
use crate::protocol::ServerMessage;
use crate::room::{DeviceKind, Event, SocketEvent, VisitEvent};

/// What woke the engine.
pub(super) enum Input {
    /// The device is told to end, and politely or not.
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

/// Where input comes from, but for the end of the process, which goes before everything.
#[derive(Clone, Copy, Debug)]
enum Source {
    Socket,
    Connections,
    Lines,
    Media,
    Time,
}

/// Every source, in the order of their turns.
const SOURCES: [Source; 5] = [
    Source::Socket,
    Source::Connections,
    Source::Lines,
    Source::Media,
    Source::Time,
];

impl Engine {
    /// Waits for the next input.
    pub(super) async fn next_input(&mut self) -> Input {
        let due = self.next_deadline();
        let time = async {
            match due {
                Some(due) => sleep_until(due).await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(time);
        poll_fn(|context| self.poll_input(context, time.as_mut())).await
    }

    /// The end first; then every source, beginning behind the one that was heard last.
    fn poll_input(
        &mut self,
        context: &mut Context<'_>,
        mut time: Pin<&mut impl Future<Output = ()>>,
    ) -> Poll<Input> {
        if let Poll::Ready(politeness) = self.terminations.poll(context) {
            return Poll::Ready(Input::Terminated(politeness));
        }
        for _ in SOURCES {
            let source = SOURCES[self.turn % SOURCES.len()];
            self.turn = (self.turn + 1) % SOURCES.len();
            if let Poll::Ready(input) = self.poll_source(source, context, time.as_mut()) {
                return Poll::Ready(input);
            }
        }
        Poll::Pending
    }

    fn poll_source(
        &mut self,
        source: Source,
        context: &mut Context<'_>,
        time: Pin<&mut impl Future<Output = ()>>,
    ) -> Poll<Input> {
        match source {
            Source::Socket => match self.socket_reports.poll_recv(context) {
                Poll::Ready(Some(report)) => Poll::Ready(Input::Socket(report)),
                _ => Poll::Pending,
            },
            Source::Connections => match self.connection_reports.poll_recv(context) {
                Poll::Ready(Some(report)) => Poll::Ready(Input::Connection(Box::new(report))),
                _ => Poll::Pending,
            },
            // A program need not wait for the room before it speaks: its words wait.
            Source::Lines if self.standing == Standing::Outside => Poll::Pending,
            Source::Lines => match &mut self.lines {
                Some(lines) => lines
                    .poll_recv(context)
                    .map(|line| Input::Line(line.unwrap_or(LineRead::End))),
                None => Poll::Pending,
            },
            Source::Media => self
                .media
                .poll(context)
                .map(|(kind, played)| Input::Played(kind, played)),
            Source::Time => time.poll(context).map(|()| Input::Time),
        }
    }

    /// When something is due, if nothing happens before.
    fn next_deadline(&self) -> Option<Instant> {
        let moments = [
            self.visit.next_deadline(self.clock.now()),
            self.acknowledgements.next_deadline(),
            self.announcing.next_deadline(),
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
        self.announce_to_the_untold();
        if self.output.is_broken() && self.end.is_none() {
            self.leave();
        }
    }

    fn take_time(&mut self) {
        let now = Instant::now();
        if self.signaling.due().is_some_and(|due| due <= now) {
            self.signaling.connect(&self.options, &*self.network);
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
                if let Some(meter) = &self.options.meter {
                    meter.socket_opened(Instant::now().into_std());
                }
                self.signaling.opened(local);
                self.hand_socket(SocketEvent::Opened);
            }
            SocketNews::Said(message) => self.take_message(*message),
            SocketNews::Unknown(text) => self.hand(VisitEvent::Unknown(text)),
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
            if let Some(meter) = &self.options.meter {
                meter.welcomed(Instant::now().into_std());
            }
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
