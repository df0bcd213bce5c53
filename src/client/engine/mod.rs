//! The one future that drives a visit: wishes and reports in, effects out.
//!
//! Invariant: only this future changes the session's state, media and streams, one input at a time and in order; so the
//! model never sees two things at once. Dropping it leaves the room, closes everything and turns the devices off.

mod attention;
mod call;
mod files;
mod media;
mod messaging;
mod network;
mod privacy;
mod quality;
mod recording;
mod screen;
mod stage;

use std::collections::{HashMap, HashSet};
use std::future::poll_fn;
use std::task::{Context, Poll};

use futures::channel::mpsc;
use futures::future::LocalBoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use leptos::prelude::*;
use web_sys::{Event as DomEvent, EventTarget, Window};

use self::attention::Attention;
use super::audio::levels::Levels;
use super::audio::monitor::Ear;
use super::browser::clock::Clock;
use super::browser::listener::Listener;
use super::browser::timer::{Interval, Timeout};
use super::browser::{clipboard, environment, storage};
use super::capture::{Captures, Outcome, Picked, ScreenCapture};
use super::files::Files;
use super::recorder::Pieces;
use super::report::{Report, Reporter};
use super::rtc::channels::ChannelReport;
use super::rtc::peer::Peer;
use super::rtc::stats::Reading;
use super::rtc::transceivers::LocalTracks;
use super::socket::Socket;
use super::{applications, second_wasm};
use crate::protocol::{ClientMessage, MediaState, PeerId};
use crate::room::messaging::channel::Channel;
use crate::room::messaging::files::DiskEvent;
use crate::room::messaging::{Messaging, MessagingEvent};
use crate::room::stage::ActiveSpeaker;
use crate::room::{CallAction, Event, MediaEvent, Notice, PeerEvent, Preferences, SocketEvent};
use crate::session::check::ConnectionTestAction;
use crate::session::{Action, Actions, Session};
use messaging::Company;
use quality::Quality;
use recording::{RecordingInput, Recordings};

/// How often time is told to the model, in ms.
const TICK_MS: u64 = 250;

/// How often voices are measured, in ms.
const LEVEL_MS: u64 = 100;

/// Drives the session until the page lets go of it. Ends by itself only when the session's wishes end.
pub async fn start(session: Session, wishes: Actions) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let mut engine = Engine::new(session, wishes, window);
    engine.prepare();
    while let Some(input) = engine.next_input().await {
        engine.take(input);
    }
}

/// Anything that wakes the engine.
enum Input {
    Wish(Action),
    Report(Report),
    Peer(PeerId, u32, PeerEvent),
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

struct Engine {
    session: Session,
    window: Window,
    clock: Clock,
    wishes: Actions,
    reporter: Reporter,
    reports: mpsc::Receiver<Report>,
    ticks: Interval,
    level_ticks: Interval,
    socket: Option<Socket>,
    sockets: u32,
    connect_delay: Option<Timeout>,
    peers: HashMap<PeerId, Peer>,
    captures: Captures,
    /// What is measured of the own voice.
    ear: Option<Ear>,
    attention: Attention,
    screen: ScreenCapture,
    /// Whom the talk was told of; `None` outside a call.
    company: Option<Company>,
    talk: Option<Messaging>,
    files: Files,
    quality: Quality,
    recordings: Recordings,
    /// Whether what is shown of the transfers is out of date, and whether it should be renewed at once.
    transfers_changed: bool,
    transfers_ended: bool,
    tracks: LocalTracks,
    sent: MediaState,
    levels: Levels,
    speaker: ActiveSpeaker,
    measured: HashSet<PeerId>,
    preferences: Preferences,
    /// The check of the connection, while it is under way.
    check: Option<LocalBoxFuture<'static, ()>>,
    /// Small things under way that are worth at most a notice.
    errands: FuturesUnordered<LocalBoxFuture<'static, Option<Notice>>>,
    _listeners: Vec<Listener>,
}

impl Engine {
    fn new(session: Session, wishes: Actions, window: Window) -> Self {
        let (reporter, reports) = Reporter::new();
        Self {
            session,
            clock: Clock::of(&window),
            wishes,
            reports,
            ticks: Interval::new(&window, TICK_MS),
            level_ticks: Interval::new(&window, LEVEL_MS),
            socket: None,
            sockets: 0,
            connect_delay: None,
            peers: HashMap::new(),
            captures: Captures::new(&window, reporter.clone()),
            ear: None,
            attention: Attention::default(),
            screen: ScreenCapture::new(&window, reporter.clone()),
            company: None,
            talk: None,
            files: Files::new(&window),
            quality: Quality::default(),
            recordings: Recordings::new(Pieces::new(&window)),
            transfers_changed: false,
            transfers_ended: false,
            tracks: LocalTracks::default(),
            sent: MediaState::default(),
            levels: Levels::new(),
            speaker: ActiveSpeaker::default(),
            measured: HashSet::new(),
            preferences: storage::load(&window),
            check: None,
            errands: FuturesUnordered::new(),
            _listeners: page_listeners(&window, &reporter),
            reporter,
            window,
        }
    }

    /// Looks at the page, recalls what was remembered and asks for camera and microphone.
    fn prepare(&mut self) {
        self.session.now.set(self.clock.now());
        self.session.preferences.set(self.preferences.clone());
        self.apply_media(MediaEvent::Remembered(self.preferences.clone()));
        self.apply_media(MediaEvent::Environment(environment::detect(&self.window)));
        self.prepare_stage();
        self.prepare_screen();
        self.captures.list();
    }

    async fn next_input(&mut self) -> Option<Input> {
        poll_fn(|context| self.poll_input(context)).await
    }

    /// In this order: what the user wants, what happened, and time last.
    fn poll_input(&mut self, context: &mut Context<'_>) -> Poll<Option<Input>> {
        if let Poll::Ready(wish) = self.wishes.poll_next_unpin(context) {
            return Poll::Ready(wish.map(Input::Wish));
        }
        for (id, peer) in &mut self.peers {
            if let Poll::Ready(event) = peer.poll_event(context) {
                return Poll::Ready(Some(Input::Peer(id.clone(), peer.generation(), event)));
            }
            if let Poll::Ready((channel, report)) = peer.poll_channel(context) {
                return Poll::Ready(Some(Input::Channel(id.clone(), channel, report)));
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
        if let Poll::Ready(event) = self.files.poll_event(context) {
            return Poll::Ready(Some(Input::Disk(event)));
        }
        if let Poll::Ready(reading) = self.quality.poll_reading(context) {
            return Poll::Ready(Some(Input::Reading(reading)));
        }
        if let Poll::Ready(input) = self.recordings.poll_input(context) {
            return Poll::Ready(Some(Input::Recording(input)));
        }
        if let Poll::Ready(Some(notice)) = self.errands.poll_next_unpin(context) {
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
            Input::Wish(wish) => self.grant(wish),
            Input::Report(report) => self.take_report(report),
            Input::Peer(peer, generation, event) => self.operation_ended(&peer, generation, event),
            Input::Channel(peer, channel, report) => {
                self.take_channel_report(peer, channel, report);
            }
            Input::Captured(outcomes) => self.take_outcomes(outcomes),
            Input::Picked(picked) => self.take_picked(picked),
            Input::Disk(event) => self.take_disk_event(event),
            Input::Reading(reading) => self.take_reading(reading),
            Input::Recording(input) => self.take_recording_input(input),
            Input::Ended(notice) => {
                if let Some(notice) = notice {
                    self.session.notify(notice);
                }
            }
            Input::Tick => {
                self.session.now.set(self.clock.now());
                self.captures.stop_retired();
                self.apply(Event::Tick);
                self.apply_talk(MessagingEvent::Tick);
                self.refresh_transfers();
                self.watch_quality();
                self.watch_arrivals();
                self.follow_recording();
            }
            Input::LevelTick => {
                self.take_levels();
                self.send_what_is_due();
            }
        }
        if self.transfers_ended {
            self.show_transfers();
        }
        if self.reporter.take_overflow() {
            self.lose_socket();
        }
    }

    fn grant(&mut self, wish: Action) {
        match wish {
            Action::Room(intent) => self.apply(Event::Intent(intent)),
            Action::Media(intent) => self.intend_media(intent),
            Action::Screen(intent) => self.intend_screen(intent),
            Action::Stage(intent) => self.intend_stage(intent),
            Action::Files(wish) => self.grant_files(wish),
            Action::Talk(intent) => drop(self.intend_talk(intent)),
            Action::RememberName(name) => {
                self.preferences.name = name;
                self.remember();
            }
            Action::Record(wish) => self.grant_recording(wish),
            Action::SetData(data) => {
                self.preferences.data = data;
                self.remember();
                self.follow_peers();
            }
            Action::Check(ConnectionTestAction::Start) => {
                let (window, session) = (self.window.clone(), self.session);
                let running = async move {
                    if let Ok(parts) = second_wasm::parts().await {
                        (parts.check)(window, session).await;
                    }
                };
                self.check = Some(running.boxed_local());
            }
            Action::Check(ConnectionTestAction::Stop) => self.check = None,
            Action::CopyText(text) => self.errands.push(
                clipboard::copy_text(&self.window, &text)
                    .map(Some)
                    .boxed_local(),
            ),
            Action::SetAddressPrivacy(privacy) => self.set_address_privacy(privacy),
            Action::AllowSound => self.resume_sound(),
            Action::TestSpeaker => self.test_speaker(),
            Action::SetSounds(sounds) => self.set_sounds(sounds),
            Action::CopyLink => self
                .errands
                .push(clipboard::copy_link(&self.window).map(Some).boxed_local()),
        }
    }

    fn take_report(&mut self, report: Report) {
        match report {
            Report::Socket(number, report) => self.take_socket_report(number, report),
            Report::ConnectDue => self.connect(),
            Report::NetworkChanged => self.apply(Event::Socket(SocketEvent::NetworkChanged)),
            Report::SocketDoubted => self.apply(Event::Socket(SocketEvent::Doubted)),
            Report::PageShown => self.page_shown(),
            Report::PageHidden => self.apply(Event::Intent(CallAction::Leave)),
            Report::Gesture => self.resume_sound(),
            Report::Peer {
                peer,
                generation,
                event,
            } => self.apply(Event::Peer {
                peer,
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

    fn remember(&mut self) {
        storage::store(&self.window, &self.preferences);
        self.session.preferences.set(self.preferences.clone());
    }

    fn resume_sound(&mut self) {
        if let Some(resuming) = self.levels.resume() {
            self.errands.push(resuming.map(|()| None).boxed_local());
        }
    }
}

/// A visit that ends without a word, as when the page goes home, still says goodbye.
impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(socket) = &self.socket {
            socket.send(&ClientMessage::Leave);
        }
    }
}

/// The listeners that stay for the whole visit.
fn page_listeners(window: &Window, reporter: &Reporter) -> Vec<Listener> {
    let listen = |target: &EventTarget, event_type, report: fn() -> Report| {
        let reporter = reporter.clone();
        Listener::new(target, event_type, move |_: DomEvent| {
            reporter.report(report())
        })
    };
    let mut listeners = vec![
        applications::listen(window, reporter.clone()),
        listen(window, "pagehide", || Report::PageHidden),
        listen(window, "pointerdown", || Report::Gesture),
        listen(window, "keydown", || Report::Gesture),
    ];
    if let Some(document) = window.document() {
        listeners.push(listen(&document, "visibilitychange", || Report::PageShown));
    }
    listeners.extend(network::listen(window, reporter));
    listeners
}
