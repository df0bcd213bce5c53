//! What the browser's callbacks report.

use super::engine::Engine;
use crate::client::applications;
use crate::client::browser::js;
use crate::client::report::{Report, SocketReport};
use crate::protocol::fields::read_text;
use crate::protocol::{CloseCode, ServerMessage};
use crate::room::{
    CallAction, Event, MediaEvent, SocketEvent, Visibility, VisitAction, VisitEvent,
};

/// A socket that we gave up ourselves ends with this code (RFC 6455 section 7.4.1).
const GIVEN_UP: CloseCode = CloseCode::Other(1006);

impl Engine {
    /// Takes a report.
    pub(super) fn take_report(&mut self, report: Report) {
        match report {
            Report::Socket(number, report) => self.take_socket_report(number, report),
            Report::ConnectDue => self.signaling.connect(),
            Report::NetworkChanged => self.hand_socket(SocketEvent::NetworkChanged),
            Report::SocketDoubted => self.hand_socket(SocketEvent::Doubted),
            Report::PageShown => {
                self.hand_socket(SocketEvent::Doubted);
                self.hand(VisitEvent::Sight(self.visibility()));
                self.awake.page_shown(&self.errands);
            }
            Report::PageHidden => {
                self.hand(VisitEvent::Wanted(VisitAction::Call(CallAction::Leave)));
            }
            Report::Gesture => self.voices.resume(&self.errands),
            Report::Path {
                path,
                generation,
                event,
            } => self.hand(VisitEvent::Call(Event::Path {
                path,
                generation,
                event,
            })),
            Report::ApplicationRequest(request) => match applications::read(&request) {
                Ok(request) => self.hand(VisitEvent::Application(request)),
                Err((code, message)) => applications::refuse(&self.page.window, code, &message),
            },
            Report::ScreenEnded(number) => self.screen_ended(number),
            Report::DevicesChanged => self.captures.list(),
            Report::TrackEnded(kind, number) => {
                if self.captures.ended(kind, number) {
                    self.hand(VisitEvent::Media(MediaEvent::Ended(kind)));
                }
            }
            Report::TracksReplaced => self.captures.stop_retired(),
        }
    }

    /// Gives up the socket as if it had failed; the next `welcome` repairs what was missed.
    pub(super) fn lose_socket(&mut self) {
        if self.signaling.has_socket() {
            self.signaling.disconnect();
            leptos::logging::warn!("visavis: too much at once; connecting anew");
            self.hand_socket(SocketEvent::Closed(GIVEN_UP));
        }
    }

    /// Whether anything of the page can be seen: the page itself, or a part of it that floats above other windows.
    pub(super) fn visibility(&self) -> Visibility {
        let window = &self.page.window;
        let Some(document) = window.document().filter(|document| document.hidden()) else {
            return Visibility::Seen;
        };
        let floating = js::property(window, "documentPictureInPicture")
            .and_then(|floating| js::property(&floating, "window"))
            .or_else(|| js::property(&document, "pictureInPictureElement"));
        match floating {
            Some(_) => Visibility::Floating,
            None => Visibility::Hidden,
        }
    }

    fn hand_socket(&mut self, event: SocketEvent) {
        self.hand(VisitEvent::Call(Event::Socket(event)));
    }

    /// Takes a report of the socket with this number.
    fn take_socket_report(&mut self, number: u32, report: SocketReport) {
        if !self.signaling.is_current(number) {
            return;
        }
        match report {
            SocketReport::Opened => self.hand_socket(SocketEvent::Opened),
            SocketReport::Text(text) => {
                self.hand(match read_text::<ServerMessage>(&text) {
                    Ok(message) => VisitEvent::Call(Event::Server(message)),
                    Err(_) => VisitEvent::Unknown(text),
                });
            }
            SocketReport::Closed(code) => {
                self.signaling.socket_closed();
                self.hand_socket(SocketEvent::Closed(code));
            }
        }
    }
}
