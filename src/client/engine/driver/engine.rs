//! The parts of the engine, and what any of them may lead to: a notice, with its sound.
//!
//! Invariant: dropping it leaves the room, closes everything and turns the devices off.

use futures::channel::mpsc;
use futures::future::LocalBoxFuture;
use web_sys::Window;

use super::listeners::page_listeners;
use crate::client::browser::clock::Clock;
use crate::client::browser::listener::Listener;
use crate::client::browser::timer::Interval;
use crate::client::capture::{Captures, ScreenCapture};
use crate::client::engine::attention::Attention;
use crate::client::engine::company::Company;
use crate::client::engine::connections::Connections;
use crate::client::engine::errands::Errands;
use crate::client::engine::memory::Memory;
use crate::client::engine::own_tracks::OwnTracks;
use crate::client::engine::page::Page;
use crate::client::engine::quality::Quality;
use crate::client::engine::recordings::Recordings;
use crate::client::engine::shown_files::ShownFiles;
use crate::client::engine::signaling::Signaling;
use crate::client::engine::voices::Voices;
use crate::client::report::{Report, Reporter};
use crate::protocol::ClientMessage;
use crate::room::Notice;
use crate::room::attention::{Sound, sound_of_notice};
use crate::room::messaging::Messaging;
use crate::session::{Action, Actions, Session};

/// How often time is told to the model, in ms.
const TICK_MS: u64 = 250;

/// How often voices are measured, in ms.
const LEVEL_MS: u64 = 100;

/// Everything of a visit that the browser has to be held for.
pub(super) struct Engine {
    pub(super) page: Page,
    pub(super) actions: Actions,
    pub(super) reports: mpsc::Receiver<Report>,
    pub(super) ticks: Interval,
    pub(super) level_ticks: Interval,
    pub(super) signaling: Signaling,
    pub(super) connections: Connections,
    pub(super) captures: Captures,
    pub(super) attention: Attention,
    pub(super) screen: ScreenCapture,
    /// The people whom messaging was told of; `None` outside a call.
    pub(super) company: Option<Company>,
    /// The model of what people send each other beside media; `None` outside a call.
    pub(super) messaging: Option<Messaging>,
    pub(super) files: ShownFiles,
    pub(super) quality: Quality,
    pub(super) recordings: Recordings,
    pub(super) own: OwnTracks,
    pub(super) voices: Voices,
    pub(super) memory: Memory,
    /// The check of the connection, while it is under way.
    pub(super) check: Option<LocalBoxFuture<'static, ()>>,
    pub(super) errands: Errands,
    /// The listeners that stay for the whole visit.
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
            ticks: Interval::new(&page.window, TICK_MS),
            level_ticks: Interval::new(&page.window, LEVEL_MS),
            signaling: Signaling::new(page.clone()),
            connections: Connections::new(page.clone()),
            captures: Captures::new(&page.window, page.reporter.clone()),
            attention: Attention::new(page.clone()),
            screen: ScreenCapture::new(&page.window, page.reporter.clone()),
            company: None,
            messaging: None,
            files: ShownFiles::new(page.clone()),
            quality: Quality::new(page.clone()),
            recordings: Recordings::new(page.clone()),
            own: OwnTracks::new(page.clone()),
            voices: Voices::new(page.clone()),
            memory: Memory::recall(page.clone()),
            check: None,
            errands: Errands::default(),
            _listeners: page_listeners(&page.window, &page.reporter),
            page,
        }
    }

    /// Tells something in passing, with its sound.
    pub(super) fn tell(&mut self, notice: Notice) {
        if let Some(sound) = sound_of_notice(&notice) {
            self.attention
                .sound(sound, self.voices.levels(), &self.errands);
        }
        self.page.session.notify(notice);
    }

    /// Tells something in passing, if there is a call in which to see it.
    pub(super) fn tell_in_call(&mut self, notice: Notice, action: Option<Action>) {
        if !self.page.is_in_call() {
            return;
        }
        match action {
            None => self.tell(notice),
            Some(action) => self.page.session.offer(notice, action),
        }
    }

    /// Plays a sound on the chosen speaker, for the user to hear which one that is.
    pub(super) fn test_speaker(&mut self) {
        self.voices.resume(&self.errands);
        self.attention
            .play(Sound::Arrival, self.voices.levels(), &self.errands);
    }
}

/// A visit that ends without a word, as when the page goes home, still says goodbye.
impl Drop for Engine {
    fn drop(&mut self) {
        self.signaling.send(&ClientMessage::Leave);
    }
}
