//! What is shown is brought in line with the model, a part at a time.

use leptos::prelude::*;

use super::engine::Engine;
use crate::protocol::PeerId;
use crate::room::messaging::live::Pointer;
use crate::room::{Aspect, Visit};

impl Engine {
    /// This part of the model is different.
    pub(super) fn show(&mut self, aspect: Aspect) {
        let session = self.page.session;
        match aspect {
            Aspect::Call => session.state.notify(),
            Aspect::Media => session.media.notify(),
            Aspect::Stage => session.stage.notify(),
            Aspect::Preferences => session.preferences.notify(),
            Aspect::Quality => session.quality.notify(),
            Aspect::Dashboard => session.board.notify(),
            Aspect::Speaker => session
                .speaker
                .set(session.visit.with(|visit| visit.speaker().cloned())),
            Aspect::People => {
                let people = session.visit.with(|visit| {
                    let people = visit
                        .call()
                        .call()
                        .into_iter()
                        .flat_map(|call| &call.people);
                    people.map(|person| person.id.clone()).collect::<Vec<_>>()
                });
                session.forget_all_but(&people);
                self.lines.forget_all_but(&people);
            }
            Aspect::Files => self.files.show(),
            Aspect::Recording => session
                .recording
                .unfinished
                .set(session.visit.with(Visit::has_unfinished_recording)),
            Aspect::Unread => self.show_unread(),
            Aspect::Live => self.show_live(),
            Aspect::Recorders => self.show_recorders(),
            Aspect::Messaging => {
                session.messaging.rows.set(Vec::new());
                self.show_unread();
                self.show_live();
                self.show_recorders();
            }
        }
    }

    fn show_unread(&self) {
        let session = self.page.session;
        let unread = session.visit.with(|visit| {
            let messaging = visit.messaging();
            messaging.map_or(0, |messaging| messaging.conversation().unread())
        });
        let shown = session.messaging.unread;
        if shown.get_untracked() != unread {
            shown.set(unread);
        }
    }

    fn show_live(&self) {
        let session = self.page.session;
        let shown = session.messaging;
        let (reactions, pointers, switch) = session.visit.with(|visit| {
            let Some(messaging) = visit.messaging() else {
                return Default::default();
            };
            let live = messaging.live();
            let pointers = live.pointers();
            let pointers: Vec<(PeerId, Pointer)> = pointers
                .map(|(peer, pointer)| (peer.clone(), pointer.clone()))
                .collect();
            let reactions: Vec<_> = live.reactions().cloned().collect();
            (reactions, pointers, Some(live.pointer_switch()))
        });
        shown.reactions.set(reactions);
        shown.pointers.set(pointers);
        if let Some(switch) = switch
            && shown.pointer_switch.get_untracked() != switch
        {
            shown.pointer_switch.set(switch);
        }
    }

    fn show_recorders(&self) {
        let session = self.page.session;
        let recorders = session.visit.with(|visit| {
            let messaging = visit.messaging();
            messaging.map_or_else(Vec::new, |messaging| messaging.recorders().list())
        });
        session.messaging.recorders.set(recorders);
    }
}
