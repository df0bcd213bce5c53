//! What a subscriber wants to see, what there is of it, and what is decided about it.
//!
//! Invariant: these are values; the rules are in [`super::allocation`] and below it.

use crate::protocol::sfu::{Layer, ViewedSize};

/// A picture that is shown to the subscriber.
#[derive(Clone, Debug)]
pub(super) struct Demand<K> {
    /// Which picture; each at most once.
    pub(super) key: K,
    /// How large it is shown; what is hidden gets nothing.
    pub(super) size: ViewedSize,
    /// Whether it is a screen, not a face.
    pub(super) is_screen: bool,
    /// What there is of it, by [`Layer::index`].
    pub(super) layers: [Offer; Layer::ALL.len()],
}

/// What a publisher has of a layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Offer {
    /// It comes in.
    Live {
        /// What it takes, measured, in bits per second.
        cost: f64,
    },
    /// It would come when asked for.
    Off {
        /// What it is expected to take, in bits per second.
        nominal: f64,
    },
    /// There is no such layer.
    Absent,
}

/// What is done with one picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decision<K> {
    /// Which picture.
    pub(super) key: K,
    /// The layer that is forwarded. With `None`, and nothing asked for, the picture is paused for lack of bandwidth.
    pub(super) layer: Option<Layer>,
    /// The layer that is off at its publisher, and is wanted instead.
    pub(super) ask: Option<Layer>,
    /// What was forwarded stops before `layer` has a keyframe.
    pub(super) stop_first: bool,
}

/// What is done with all pictures.
#[derive(Clone, Debug)]
pub(super) struct Allocation<K> {
    /// For each demand, in their order.
    pub(super) decisions: Vec<Decision<K>>,
    /// What the line would have to be estimated to carry for the next step; in bits per second, 0 when nothing will rise soon.
    pub(super) next_step: f64,
    /// What everything that is wanted would take, in bits per second.
    pub(super) desired: f64,
    /// More flows than the line is estimated to carry, and it is left so for now, for somebody would vanish.
    pub(super) is_doubtful: bool,
}

impl<K> Allocation<K> {
    /// What the line would have to be shown to carry, in bits per second; at most what is desired. Where it is in doubt whether the
    /// line carries what flows, that is everything, so that it is looked at soon.
    pub(super) fn minimum(&self) -> f64 {
        match self.is_doubtful {
            true => self.desired,
            false => self.next_step,
        }
    }
}
