//! The one future that drives a visit: what happens in, what is decided out.
//!
//! Invariant: only this future changes the model and its signals, one input at a time and in order; so the model never sees
//! two things at once. Dropping it leaves the room, closes everything and turns the devices off.

use super::engine::Engine;
use super::input::Input;
use crate::client::browser::{environment, storage};
use crate::client::engine::errands::Ended;
use crate::client::second_wasm;
use crate::room::messaging::MessagingEvent;
use crate::room::messaging::chat::WallTime;
use crate::room::messaging::files::DiskEvent;
use crate::room::{Opening, VisitEvent};
use crate::session::{Actions, Session};

/// Drives the session until the page lets go of it. Ends by itself only when nobody can ask for anything any more.
pub async fn start(session: Session, actions: Actions) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let mut engine = Engine::new(session, actions, window);
    engine.prepare();
    engine.set_clocks();
    while let Some(input) = engine.next_input().await {
        engine.take(input);
        engine.set_clocks();
    }
}

impl Engine {
    /// Looks at the page, and tells the model of it.
    fn prepare(&mut self) {
        self.page.session.time.set(self.page.now());
        let has_sfu = environment::has_sfu(&self.page.window);
        self.hand(VisitEvent::Opened(Box::new(Opening {
            preferences: storage::load(&self.page.window),
            environment: environment::detect(&self.page.window),
            shares_screens: self.screen.is_supported(),
            has_sfu,
            refuses_media: false,
            page_opened: WallTime(self.page.clock.page_opened()),
        })));
        self.hand(VisitEvent::Sight(self.visibility()));
        self.captures.list();
        if has_sfu {
            let window = self.page.window.clone();
            self.errands.run_for_hub(second_wasm::fetch_hub(window));
        }
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
            Input::Disk(event) => {
                if let DiskEvent::Finished { key } = &event {
                    let keeping = self.files.disk.keeping(key);
                    self.hand(VisitEvent::Kept(key.clone(), keeping));
                }
                self.hand(VisitEvent::Messaging(MessagingEvent::Disk(event)));
            }
            Input::Reading(reading) => {
                self.hand(VisitEvent::Read(Box::new(reading)));
                if self.readings.is_over() {
                    self.hand(VisitEvent::ReadingsEnded);
                }
            }
            Input::Recording(input) => {
                for event in self.recordings.take(input) {
                    self.hand(VisitEvent::Recording(event));
                }
            }
            Input::Ended(Ended::Notice(notice)) => self.page.session.notify(notice),
            Input::Ended(Ended::Recording(event)) => self.hand(VisitEvent::Recording(event)),
            Input::Ended(Ended::Hub(parts)) => {
                self.connections.learn_hub(parts);
                self.page.session.visit.hand_in(parts.rules);
                self.hand(VisitEvent::SfuKnown);
            }
            Input::Ended(Ended::Quietly) => {}
            Input::Alarm => self.hand(VisitEvent::Time),
            Input::ClockTick => {
                if self.page.session.time.goes_on() {
                    self.page.session.time.set(self.page.now());
                } else {
                    self.clock_ticks = None;
                }
            }
            Input::LevelTick => {
                let levels = self.voices.take_levels();
                self.hand(VisitEvent::Levels(levels));
            }
        }
        if self.page.reporter.take_overflow() {
            self.lose_socket();
        }
    }
}
