//! What the user asks for, and what of it concerns the browser alone.

use futures::FutureExt;

use super::engine::Engine;
use crate::client::browser::clipboard;
use crate::client::browser::timer::Interval;
use crate::client::second_wasm;
use crate::room::attention::Sound;
use crate::room::messaging::MessagingAction;
use crate::room::{VisitAction, VisitEvent};
use crate::session::Action;
use crate::session::action::ConnectionTestAction;
use crate::session::files::PickedFiles;

/// The clock that is shown moves so often, in ms.
const CLOCK_MS: u64 = 250;

impl Engine {
    /// Does what the user asks.
    pub(super) fn grant(&mut self, action: Action) {
        match action {
            Action::Visit(action) => self.hand(VisitEvent::Wanted(action)),
            Action::OfferFiles { files, to } => {
                let PickedFiles(files) = files;
                let files = self.files.disk.pick(files.take());
                let offer = MessagingAction::Offer { files, to };
                self.hand(VisitEvent::Wanted(VisitAction::Messaging(offer)));
            }
            Action::Check(ConnectionTestAction::Start) => self.start_check(),
            Action::Check(ConnectionTestAction::Stop) => self.check = None,
            Action::CopyText(text) => {
                self.errands
                    .run(clipboard::copy_text(&self.page.window, &text));
            }
            Action::CopyLink => self.errands.run(clipboard::copy_link(&self.page.window)),
            Action::AllowSound => self.voices.resume(&self.errands),
            Action::TestSpeaker => {
                self.voices.resume(&self.errands);
                self.sounds
                    .play(Sound::Arrival, &mut self.voices, &self.errands);
            }
            Action::UseDashboard(rules) => self.hand(VisitEvent::Dashboard(rules)),
            Action::ShowTime => {
                self.page.session.time.set(self.page.now());
                self.clock_ticks
                    .get_or_insert_with(|| Interval::new(&self.page.window, CLOCK_MS));
            }
        }
    }

    fn start_check(&mut self) {
        let (window, session) = (self.page.window.clone(), self.page.session);
        let running = async move {
            if let Ok(parts) = second_wasm::parts().await {
                (parts.check)(window, session).await;
            }
        };
        self.check = Some(running.boxed_local());
    }
}
