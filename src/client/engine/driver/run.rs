//! The one future that drives a visit: actions and reports in, effects out.
//!
//! Invariant: only this future changes the session's state, media and streams, one input at a time and in order; so the
//! model never sees two things at once. Dropping it leaves the room, closes everything and turns the devices off.

use std::future::poll_fn;
use std::task::{Context, Poll};

use futures::{FutureExt, StreamExt};
use leptos::prelude::*;

use super::engine::Engine;
use crate::client::browser::{clipboard, environment};
use crate::client::capture::{Outcome, Picked};
use crate::client::engine::recordings::RecordingInput;
use crate::client::report::Report;
use crate::client::rtc::channels::ChannelReport;
use crate::client::rtc::stats::Reading;
use crate::client::second_wasm;
use crate::protocol::PeerId;
use crate::room::messaging::MessagingEvent;
use crate::room::messaging::channel::Channel;
use crate::room::messaging::files::DiskEvent;
use crate::room::{CallAction, Event, MediaEvent, Notice, PathId, PeerEvent, SocketEvent};
use crate::session::action::ConnectionTestAction;
use crate::session::{Action, Actions, Session};

/// Drives the session until the page lets go of it. Ends by itself only when nobody can ask for anything any more.
pub async fn start(session: Session, actions: Actions) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let mut engine = Engine::new(session, actions, window);
    engine.prepare();
    while let Some(input) = engine.next_input().await {
        engine.take(input);
    }
}

/// Anything that wakes the engine.
enum Input {
    Action(Action),
    Report(Report),
    Path(PathId, u32, PeerEvent),
    Channel(PeerId, Channel, ChannelReport),
    Captured(Vec<Outcome>),
    Picked(Picked),
    Disk(DiskEvent),
    Reading(Reading),
    Recording(RecordingInput),
    Ended(Option<Notice>),
    Tick,
    LevelTick,
}

impl Engine {
    /// Looks at the page, recalls what was remembered and asks for camera and microphone.
    fn prepare(&mut self) {
        self.page.session.now.set(self.page.now());
        let remembered = self.memory.preferences().clone();
        self.apply_media(MediaEvent::Remembered(remembered.media()));
        self.apply_media(MediaEvent::Environment(environment::detect(
            &self.page.window,
        )));
        self.prepare_stage();
        self.prepare_screen();
        self.captures.list();
    }

    async fn next_input(&mut self) -> Option<Input> {
        poll_fn(|context| self.poll_input(context)).await
    }

    /// In this order: what the user wants, what happened, and time last.
    fn poll_input(&mut self, context: &mut Context<'_>) -> Poll<Option<Input>> {
        if let Poll::Ready(action) = self.actions.poll_next_unpin(context) {
            return Poll::Ready(action.map(Input::Action));
        }
        for (path, peer) in self.connections.iter_mut() {
            if let Poll::Ready(event) = peer.poll_event(context) {
                return Poll::Ready(Some(Input::Path(path, peer.generation(), event)));
            }
            if let Poll::Ready((channel, report)) = peer.poll_channel(context) {
                let whom = peer.whom().clone();
                return Poll::Ready(Some(Input::Channel(whom, channel, report)));
            }
        }
        if let Poll::Ready(Some(report)) = self.reports.poll_next_unpin(context) {
            return Poll::Ready(Some(Input::Report(report)));
        }
        if let Poll::Ready(outcomes) = self.captures.poll_outcomes(context) {
            return Poll::Ready(Some(Input::Captured(outcomes)));
        }
        if let Poll::Ready(picked) = self.screen.poll_picked(context) {
            return Poll::Ready(Some(Input::Picked(picked)));
        }
        if let Poll::Ready(event) = self.files.disk.poll_event(context) {
            return Poll::Ready(Some(Input::Disk(event)));
        }
        if let Poll::Ready(reading) = self.quality.poll_reading(context) {
            return Poll::Ready(Some(Input::Reading(reading)));
        }
        if let Poll::Ready(input) = self.recordings.poll_input(context) {
            return Poll::Ready(Some(Input::Recording(input)));
        }
        if let Poll::Ready(notice) = self.errands.poll_ended(context) {
            return Poll::Ready(Some(Input::Ended(notice)));
        }
        if let Some(check) = &mut self.check
            && check.poll_unpin(context).is_ready()
        {
            self.check = None;
        }
        if self.ticks.poll_next_unpin(context).is_ready() {
            return Poll::Ready(Some(Input::Tick));
        }
        if self.level_ticks.poll_next_unpin(context).is_ready() {
            return Poll::Ready(Some(Input::LevelTick));
        }
        Poll::Pending
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Action(action) => self.grant(action),
            Input::Report(report) => self.take_report(report),
            Input::Path(path, generation, event) => self.operation_ended(path, generation, event),
            Input::Channel(peer, channel, report) => {
                self.take_channel_report(peer, channel, report);
            }
            Input::Captured(outcomes) => self.take_outcomes(outcomes),
            Input::Picked(picked) => self.take_picked(picked),
            Input::Disk(event) => self.apply_messaging(MessagingEvent::Disk(event)),
            Input::Reading(reading) => self.quality.take_reading(reading, &mut self.connections),
            Input::Recording(input) => self.take_recording_input(input),
            Input::Ended(notice) => {
                if let Some(notice) = notice {
                    self.page.session.notify(notice);
                }
            }
            Input::Tick => {
                self.page.session.now.set(self.page.now());
                self.captures.stop_retired();
                self.apply(Event::Tick);
                self.apply_messaging(MessagingEvent::Tick);
                self.refresh_transfers();
                self.tell_views();
                self.quality.read_when_due(&self.connections, &self.own);
                self.connections.count_arrivals(self.quality.viewing());
                self.recordings.follow(&self.own);
            }
            Input::LevelTick => {
                self.voices.take_levels(&mut self.attention);
                self.send_what_is_due();
            }
        }
        if self.files.is_urgent() {
            self.show_transfers();
        }
        if self.page.reporter.take_overflow() {
            self.lose_socket();
        }
    }

    fn grant(&mut self, action: Action) {
        match action {
            Action::Room(action) => self.apply(Event::Action(action)),
            Action::Media(action) => self.take_media_action(action),
            Action::Screen(action) => self.take_screen_action(action),
            Action::Stage(action) => self.take_stage_action(action),
            Action::Files(action) => self.grant_files(action),
            Action::Messaging(action) => drop(self.take_messaging_action(action)),
            Action::RememberName(name) => {
                self.memory.change(|preferences| preferences.name = name);
            }
            Action::Record(action) => self.grant_recording(action),
            Action::SetData(data) => {
                self.memory.change(|preferences| preferences.data = data);
                self.quality
                    .follow_connections(&mut self.connections, &self.own);
            }
            Action::Check(ConnectionTestAction::Start) => {
                let (window, session) = (self.page.window.clone(), self.page.session);
                let running = async move {
                    if let Ok(parts) = second_wasm::parts().await {
                        (parts.check)(window, session).await;
                    }
                };
                self.check = Some(running.boxed_local());
            }
            Action::Check(ConnectionTestAction::Stop) => self.check = None,
            Action::CopyText(text) => {
                let copying = clipboard::copy_text(&self.page.window, &text);
                self.errands.run(copying.map(Some));
            }
            Action::SetAddressPrivacy(privacy) => self.set_address_privacy(privacy),
            Action::AllowSound => self.voices.resume(&self.errands),
            Action::TestSpeaker => self.test_speaker(),
            Action::SetSounds(sounds) => {
                self.memory
                    .change(|preferences| preferences.sounds = sounds);
            }
            Action::CopyLink => {
                let copying = clipboard::copy_link(&self.page.window);
                self.errands.run(copying.map(Some));
            }
        }
    }

    fn take_report(&mut self, report: Report) {
        match report {
            Report::Socket(number, report) => self.take_socket_report(number, report),
            Report::ConnectDue => self.signaling.connect(),
            Report::NetworkChanged => self.apply(Event::Socket(SocketEvent::NetworkChanged)),
            Report::SocketDoubted => self.apply(Event::Socket(SocketEvent::Doubted)),
            Report::PageShown => {
                self.apply(Event::Socket(SocketEvent::Doubted));
                self.attention.page_shown(&self.errands);
            }
            Report::PageHidden => self.apply(Event::Action(CallAction::Leave)),
            Report::Gesture => self.voices.resume(&self.errands),
            Report::Path {
                path,
                generation,
                event,
            } => self.apply(Event::Path {
                path,
                generation,
                event,
            }),
            Report::ApplicationRequest(request) => self.take_application_request(&request),
            Report::ScreenEnded(number) => self.screen_ended(number),
            Report::DevicesChanged => self.captures.list(),
            Report::TrackEnded(kind, number) => {
                if self.captures.ended(kind, number) {
                    self.apply_media(MediaEvent::Ended(kind));
                }
            }
        }
    }
}
