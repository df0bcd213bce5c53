//! The parts of the engine, and the one way from what happens to what is done about it.
//!
//! Invariant: dropping it leaves the room, closes everything and turns the devices off.

use std::collections::VecDeque;

use futures::channel::mpsc;
use futures::future::LocalBoxFuture;
use web_sys::Window;

use super::listeners::page_listeners;
use crate::client::browser::clock::Clock;
use crate::client::browser::listener::Listener;
use crate::client::browser::timer::{Alarm, Interval};
use crate::client::capture::{Captures, ScreenCapture};
use crate::client::engine::awake::Awake;
use crate::client::engine::connections::Connections;
use crate::client::engine::errands::Errands;
use crate::client::engine::lines::Lines;
use crate::client::engine::own_tracks::OwnTracks;
use crate::client::engine::page::Page;
use crate::client::engine::readings::Readings;
use crate::client::engine::recordings::Recordings;
use crate::client::engine::shown_files::ShownFiles;
use crate::client::engine::signaling::Signaling;
use crate::client::engine::sounds::Sounds;
use crate::client::engine::voices::Voices;
use crate::client::report::{Report, Reporter};
use crate::protocol::{ClientMessage, PeerId};
use crate::room::VisitEvent;
use crate::room::ordered::OrderedSet;
use crate::session::{Actions, Session};

/// Voices are measured so often while anybody is to be heard, in ms.
const LEVEL_MS: u64 = 100;

/// Everything of a visit that the browser has to be held for.
pub(super) struct Engine {
    /// The page is what every part of the engine shares.
    pub(super) page: Page,
    /// The wishes of the user arrive here.
    pub(super) actions: Actions,
    /// The reports of the browser's callbacks arrive here.
    pub(super) reports: mpsc::Receiver<Report>,
    /// It rings when the model has to be woken.
    pub(super) alarm: Alarm,
    /// It beats while anybody is to be heard.
    pub(super) level_ticks: Option<Interval>,
    /// It beats while somebody looks at the clock that is shown.
    pub(super) clock_ticks: Option<Interval>,
    /// The socket to the server is here.
    pub(super) signaling: Signaling,
    /// The connections to the others are here.
    pub(super) connections: Connections,
    /// The streams that the connections bring are here.
    pub(super) lines: Lines,
    /// The microphone and the camera are captured here.
    pub(super) captures: Captures,
    /// The screen is captured here.
    pub(super) screen: ScreenCapture,
    /// The files that are sent and received are here.
    pub(super) files: ShownFiles,
    /// The connections' statistics are read here.
    pub(super) readings: Readings,
    /// The recording is made here.
    pub(super) recordings: Recordings,
    /// The tracks that are captured now are gathered here for all connections.
    pub(super) own: OwnTracks,
    /// The loudness of everyone is measured here.
    pub(super) voices: Voices,
    /// The sounds that tell of something are played here.
    pub(super) sounds: Sounds,
    /// The screen is kept on here.
    pub(super) awake: Awake,
    /// The check of the connection, while it is under way.
    pub(super) check: Option<LocalBoxFuture<'static, ()>>,
    /// Small things under way that nobody has to wait for are here.
    pub(super) errands: Errands,
    /// Performing led to these events, which the model does not know yet.
    pub(super) pending: VecDeque<VisitEvent>,
    /// People, and the SFU, whose `files` channel was sent something since the model last heard how full it is.
    pub(super) filled: OrderedSet<PeerId>,
    /// The listeners stay for the whole visit.
    _listeners: Vec<Listener>,
}

impl Engine {
    /// The engine of a page on which nothing has happened yet.
    pub(super) fn new(session: Session, actions: Actions, window: Window) -> Self {
        let (reporter, reports) = Reporter::new();
        let page = Page {
            session,
            clock: Clock::of(&window),
            window,
            reporter,
        };
        Self {
            actions,
            reports,
            alarm: Alarm::new(&page.window),
            level_ticks: None,
            clock_ticks: None,
            signaling: Signaling::new(page.clone()),
            connections: Connections::new(page.clone()),
            lines: Lines::new(page.clone()),
            captures: Captures::new(&page.window, page.reporter.clone()),
            screen: ScreenCapture::new(&page.window, page.reporter.clone()),
            files: ShownFiles::new(page.clone()),
            readings: Readings::default(),
            recordings: Recordings::new(page.clone()),
            own: OwnTracks::new(page.clone()),
            voices: Voices::new(page.clone()),
            sounds: Sounds::new(page.clone()),
            awake: Awake::new(page.clone()),
            check: None,
            errands: Errands::default(),
            pending: VecDeque::new(),
            filled: OrderedSet::new(),
            _listeners: page_listeners(&page.window, &page.reporter),
            page,
        }
    }

    /// Hands the model what happened, and performs what it decides, until nothing more follows.
    pub(super) fn hand(&mut self, event: VisitEvent) {
        self.pending.push_back(event);
        while let Some(event) = self.pending.pop_front() {
            let context = self.page.clock.context();
            for effect in self.page.session.visit.handle(event, context) {
                self.perform(effect);
            }
            if self.pending.is_empty() {
                let filled = self.next_filled();
                self.pending.extend(filled);
            }
        }
    }

    /// Sets the clocks to what is needed next.
    pub(super) fn set_clocks(&mut self) {
        let now = self.page.now();
        let visit = self.page.session.visit;
        let deadline = visit.with(|visit| visit.next_deadline(now));
        self.alarm.set(deadline, now);
        if !self.voices.is_anybody_heard() {
            self.level_ticks = None;
        } else if self.level_ticks.is_none() {
            self.level_ticks = Some(Interval::new(&self.page.window, LEVEL_MS));
        }
    }
}

/// A visit that ends without a word, as when the page goes home, still says goodbye.
impl Drop for Engine {
    fn drop(&mut self) {
        self.signaling.send(&ClientMessage::Leave);
    }
}
