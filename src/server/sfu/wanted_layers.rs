//! Which layers of one track its publisher is told to send: those that anybody wants.
//!
//! Invariant: a layer that is wanted is named at once, and one that is not wanted any more is named for three seconds longer,
//! so that a viewer who turns a page and comes back costs no keyframe.

use std::time::{Duration, Instant};

use crate::protocol::sfu::Layer;

/// A layer is sent for this long after nobody wants it.
const KEPT: Duration = Duration::from_secs(3);

/// The wishes of everybody who watches one track, put together.
#[derive(Clone, Debug, Default)]
pub(super) struct WantedLayers {
    /// What is known of each layer, the smallest first.
    layers: [Wanted; Layer::ALL.len()],
}

/// Whether one layer is to be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Wanted {
    /// Nobody wants it.
    #[default]
    No,
    /// Somebody wants it.
    Yes,
    /// Nobody wants it any more, and it ends then.
    Until(Instant),
}

impl WantedLayers {
    /// Takes what is wanted at the moment: the layers that any subscriber carries or asks for, and, while anybody watches the
    /// track, the lowest layer that it has, even if nobody can afford it. What nobody has wanted for long enough ends. Says whether what is to be sent has changed.
    pub(super) fn want(&mut self, wanted: &[Layer], watched: Option<Layer>, now: Instant) -> bool {
        let mut changed = false;
        for layer in Layer::ALL {
            let state = &mut self.layers[layer.index()];
            let before = *state;
            *state = match before {
                _ if wanted.contains(&layer) || watched == Some(layer) => Wanted::Yes,
                Wanted::Yes => Wanted::Until(now + KEPT),
                Wanted::Until(end) if end <= now => Wanted::No,
                other => other,
            };
            changed |= (before == Wanted::No) != (*state == Wanted::No);
        }
        changed
    }

    /// What is to be sent, the smallest layer first.
    pub(super) fn layers(&self) -> impl Iterator<Item = Layer> {
        let sent = |layer: &Layer| self.layers[layer.index()] != Wanted::No;
        Layer::ALL.into_iter().filter(sent)
    }
}

#[cfg(test)]
#[path = "tests/wanted_layers.rs"]
mod tests;
