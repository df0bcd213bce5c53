//! How large people are shown here, and whether anything of theirs arrives.
//!
//! Invariant: nobody is asked for pictures that nobody sees.

use super::effect::VisitEffect;
use super::page::Visibility;
use super::sfu_event::SfuEvent;
use super::state::Visit;
use super::turn::VisitTurn;
use crate::protocol::PeerId;
use crate::room::media::settings::CallMedia;
use crate::room::moment::Moment;
use crate::room::ordered::OrderedMap;
use crate::room::participant::Participant;
use crate::room::sending::view::{ViewRequest, ViewSize};
use crate::room::stage::view::{StagePeople, StageView};

/// What arrives is counted so often where silence would be trouble, in ms.
const COUNTED_EVERY_MS: u64 = 250;

/// A page that is hidden is looked at so often, in ms: that a part of it floats no more is told by no event.
const LOOKED_AT_EVERY_MS: u64 = 1_000;

impl Visit {
    /// What the stage shows.
    pub fn stage_view(&self) -> StageView {
        let people = self.call.call().into_iter().flat_map(|call| &call.people);
        let others: Vec<Participant> = people
            .filter(|person| person.has_tile())
            .map(|person| Participant::Peer(person.id.clone()))
            .collect();
        let speaker = self.speaker.speaker().cloned().map(Participant::Peer);
        self.stage.view(StagePeople {
            others: &others,
            speaker: speaker.as_ref(),
        })
    }

    /// The page came into sight, or went out of it.
    pub(super) fn see(&mut self, sight: Visibility, turn: &mut VisitTurn) {
        self.sight = sight;
        self.next_look = turn.context.now.plus(LOOKED_AT_EVERY_MS);
        turn.views_moved = true;
    }

    /// Looks again whether anything can be seen of a page that is hidden.
    pub(super) fn look_when_due(&mut self, turn: &mut VisitTurn) {
        if self.look_due().is_some_and(|due| due <= turn.context.now) {
            self.next_look = turn.context.now.plus(LOOKED_AT_EVERY_MS);
            turn.effect(VisitEffect::LookAtPage);
        }
    }

    /// Whether the page can be seen is looked at next at this moment.
    pub(super) fn look_due(&self) -> Option<Moment> {
        (self.sight != Visibility::Seen && self.is_in_call()).then_some(self.next_look)
    }

    /// Tells people how large they are shown here, where that changed.
    pub(super) fn tell_views(&mut self, turn: &mut VisitTurn) {
        if self.messaging.is_none() {
            return;
        }
        let view = self.stage_view();
        let mut shown: OrderedMap<PeerId, ViewRequest> = self
            .connections
            .people()
            .map(|peer| (peer.clone(), self.request_to(peer, &view)))
            .collect();
        for (peer, request) in shown.iter_mut() {
            self.tell_sfu(SfuEvent::Ask(peer, request), turn);
        }
        let Some(messaging) = &self.messaging else {
            return;
        };
        let mut effects = Vec::new();
        for (peer, request) in self.viewing.observe(turn.context.now, &shown) {
            effects.extend(messaging.tell_view(&peer, request));
        }
        self.perform_messaging(effects, turn);
        self.tell_sfu(SfuEvent::Views, turn);
    }

    /// What somebody is asked for, who is shown like this.
    pub(super) fn request_to(&self, peer: &PeerId, view: &StageView) -> ViewRequest {
        let heights = self.heights;
        let mut request = match self.sight {
            Visibility::Hidden => ViewRequest::HIDDEN,
            // The stage was not measured yet.
            Visibility::Seen | Visibility::Floating if heights.main <= 0.0 => {
                ViewRequest::default()
            }
            Visibility::Seen | Visibility::Floating => {
                let participant = Participant::Peer(peer.clone());
                view.request_to(&participant, heights.main, heights.strip)
            }
        };
        if self.media.settings.media == CallMedia::AudioOnly {
            request.camera = ViewSize::Hidden;
        }
        request
    }

    /// Has what arrives counted where silence would be trouble, or is.
    pub(super) fn count_when_due(&mut self, turn: &mut VisitTurn) {
        if self.count_due().is_none_or(|due| due > turn.context.now) {
            return;
        }
        self.next_count = turn.context.now.plus(COUNTED_EVERY_MS);
        self.tell_sfu(SfuEvent::Count, turn);
        let Some(call) = self.call.call() else {
            return;
        };
        for person in &call.people {
            let awaited = person.awaited(self.viewing.camera(&person.id));
            if let Some(path) = call.path_to(person)
                && path.is_listened_on(awaited)
            {
                let path = path.id();
                turn.effect(VisitEffect::CountArrivals { path, awaited });
            }
        }
    }

    /// What arrives is counted next at this moment.
    pub(super) fn count_due(&self) -> Option<Moment> {
        let call = self.call.call()?;
        let mut people = call.people.iter();
        let listens = people.any(|person| {
            let awaited = person.awaited(self.viewing.camera(&person.id));
            let path = call.path_to(person);
            path.is_some_and(|path| path.is_listened_on(awaited))
        });
        (listens || self.hub.is_listened_on()).then_some(self.next_count)
    }
}

#[cfg(test)]
#[path = "tests/viewing.rs"]
mod tests;
