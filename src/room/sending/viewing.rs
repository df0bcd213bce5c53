//! When to tell people how large they are shown here.
//!
//! Invariant: a wish for more is sent at once; a wish for less only after it lasted [`SHRINK_AFTER_MS`], so that turning
//! pages and resizing a window do not make senders start and stop.

use super::view::{ViewRequest, ViewSize};
use crate::protocol::PeerId;
use crate::room::moment::Moment;
use crate::room::ordered::OrderedMap;

/// Something must be shown smaller this long before its sender is told, in ms.
const SHRINK_AFTER_MS: u64 = 2_500;

/// One person was told this, and may have to be told less.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    /// They were asked for this, or expect it because nothing was said yet.
    told: ViewRequest,
    /// They have been shown smaller than they were told since then; `None` while they are not.
    smaller_since: Option<Moment>,
}

/// What each person was told, and what is about to be told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Viewing {
    /// Each person who is shown was told this.
    told: OrderedMap<PeerId, Told>,
}

impl Viewing {
    /// When [`Self::observe`] sends a wish for less, if people are shown then as they were when it was last called; `None`
    /// while none waits. The changes of the stage are the driver's to tell.
    pub fn next_deadline(&self) -> Option<Moment> {
        let waiting = self.told.values().filter_map(|told| told.smaller_since);
        waiting.map(told_at).min()
    }

    /// Compares how people are shown now with what they were told; call it on every change of the stage and at
    /// [`Self::next_deadline`]. Returns the requests to send. People not in `shown` are forgotten.
    pub fn observe(
        &mut self,
        now: Moment,
        shown: &OrderedMap<PeerId, ViewRequest>,
    ) -> Vec<(PeerId, ViewRequest)> {
        self.told.retain(|peer, _| shown.contains_key(peer));
        let mut requests = Vec::new();
        for (peer, wanted) in shown {
            let state = self.told.get_or_insert_with(peer.clone(), || Told {
                told: ViewRequest::default(),
                smaller_since: None,
            });
            let larger = ViewRequest {
                camera: wanted.camera.max(state.told.camera),
                screen: wanted.screen.max(state.told.screen),
                sound: wanted.sound,
            };
            let since = *state.smaller_since.get_or_insert(now);
            let request = if larger == *wanted || now >= told_at(since) {
                state.smaller_since = None;
                *wanted
            } else {
                larger
            };
            if request != state.told {
                state.told = request;
                requests.push((peer.clone(), request));
            }
        }
        requests
    }

    /// How large this person was last told that their camera is shown.
    pub fn camera(&self, peer: &PeerId) -> ViewSize {
        self.told
            .get(peer)
            .map_or(ViewRequest::default().camera, |told| told.told.camera)
    }

    /// The channel to this person is new: whatever they were told is lost.
    pub fn channel_opened(&mut self, peer: &PeerId) {
        self.told.remove(peer);
    }
}

/// When a wish for less is told.
fn told_at(smaller_since: Moment) -> Moment {
    smaller_since.plus(SHRINK_AFTER_MS)
}
