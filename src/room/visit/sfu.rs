//! Where a visit meets the SFU: what happens is told to the rules, if they are here and the user lets them.
//!
//! Invariant: while there are no rules nothing of a visit is different from one in which there is no SFU.

use super::sfu_event::SfuEvent;
use super::state::{SfuRules, SfuSupport, Visit};
use super::turn::VisitTurn;
use crate::room::call::event::Event;
use crate::room::hub::SfuSpeech;
use crate::room::path::server_media::ServerMedia;

impl Visit {
    /// The rules are here, or it is known that they will not come: whoever waited to join does so now.
    pub(super) fn learn_sfu(&mut self, turn: &mut VisitTurn) {
        self.sfu = self.handed_in.map_or(SfuSupport::None, SfuSupport::Here);
        self.hear_call(Event::Introduce, turn);
    }

    /// Tells the rules of something; says whether the rest of the visit need not hear of it.
    pub(super) fn tell_sfu(&mut self, event: SfuEvent<'_>, turn: &mut VisitTurn) -> bool {
        match self.sfu {
            SfuSupport::Here(SfuRules(apply)) => apply(self, event, turn),
            SfuSupport::None | SfuSupport::Expected => false,
        }
    }

    /// Whether we speak to an SFU. The wish not to counts from the next call on: one that has begun to goes on like that.
    pub(super) fn speech(&self) -> SfuSpeech {
        let has_begun = self.call.call().is_some_and(|call| call.sfu.is_some());
        let is_refused = self.preferences.server_media == ServerMedia::Never && !has_begun;
        match self.sfu {
            SfuSupport::None => SfuSpeech::No,
            SfuSupport::Expected | SfuSupport::Here(_) if is_refused => SfuSpeech::Never,
            SfuSupport::Expected => SfuSpeech::Soon,
            SfuSupport::Here(_) => SfuSpeech::Yes,
        }
    }

    /// The own media may go through the server, or never does, from the next call on.
    pub(super) fn set_server_media(&mut self, server_media: ServerMedia, turn: &mut VisitTurn) {
        self.preferences.server_media = server_media;
        self.remember(turn);
    }
}
