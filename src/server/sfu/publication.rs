//! What one person sends of one kind, in one layer or several, and who takes it.

use std::time::{Duration, Instant};

use super::keys::MemberId;
use super::layer_meter::LayerMeter;
use super::policing::Intake;
use super::rewriting::is_before;
use super::wanted_layers::WantedLayers;
use crate::protocol::sfu::{Layer, Track};

/// A person is asked for a keyframe of a layer no more often than this, however many want one.
const KEYFRAME_PAUSE: Duration = Duration::from_millis(500);

/// Who was not heard for so long and goes on elsewhere than they stopped has lost more than is worth sending again, or than they keep.
const SILENCE: Duration = Duration::from_millis(700);

/// What one person sends of one kind.
pub(super) struct Publication {
    /// It is sent in these layers, when they are wanted, the smallest first.
    pub(super) layers: Vec<Layer>,
    /// Each layer is measured by one, in the order of [`Layer::ALL`].
    pub(super) meters: [LayerMeter; 3],
    /// So much more of it may be passed on, where it is sound. Pictures are shared out by what they take.
    pub(super) intake: Option<Intake>,
    /// These slots carry it, or are about to: whose they are, and which.
    pub(super) takers: Vec<(MemberId, usize)>,
    /// These layers are wanted by those who take it.
    pub(super) wanted: WantedLayers,
    /// Each layer's keyframes, in the same order.
    keyframes: [KeyframeNeed; 3],
    /// The number of each layer's newest packet, and when it came, in the same order.
    newest: [Option<(u64, Instant)>; 3],
}

/// How it stands with a layer's keyframes.
#[derive(Clone, Copy, Debug, Default)]
struct KeyframeNeed {
    /// Somebody needs one.
    is_needed: bool,
    /// One was last asked for then.
    asked: Option<Instant>,
}

impl Publication {
    /// Nothing has come yet.
    pub(super) fn new(track: Track, layers: &[Layer], now: Instant) -> Self {
        let mut layers = match layers {
            [] => vec![Layer::Full],
            layers => layers.to_vec(),
        };
        layers.sort_unstable();
        let meter = match track {
            Track::ScreenVideo => LayerMeter::of_a_screen(),
            _ => LayerMeter::of_a_camera(),
        };
        Self {
            layers,
            meters: [meter.clone(), meter.clone(), meter],
            intake: (!track.is_picture()).then(|| Intake::of_sound(now)),
            takers: Vec::new(),
            wanted: WantedLayers::default(),
            keyframes: Default::default(),
            newest: Default::default(),
        }
    }

    /// Notes that a packet of a layer's picture came, by its extended sequence number. Says whether a keyframe is needed because
    /// much was lost before it: nobody who watches could ask for it sooner.
    pub(super) fn picture_came(&mut self, layer: Layer, sequence: u64, now: Instant) -> bool {
        let newest = &mut self.newest[layer.index()];
        let Some((last, at)) = *newest else {
            *newest = Some((sequence, now));
            return false;
        };
        if is_before(sequence, last) {
            return false;
        }
        *newest = Some((sequence, now));
        let is_gap = sequence.wrapping_sub(last) > 1;
        let is_lost = is_gap && now.saturating_duration_since(at) >= SILENCE;
        if is_lost {
            self.need_keyframe(layer);
        }
        is_lost
    }

    /// Notes that somebody needs a keyframe of a layer.
    pub(super) fn need_keyframe(&mut self, layer: Layer) {
        self.keyframes[layer.index()].is_needed = true;
    }

    /// Notes that a keyframe of a layer has come.
    pub(super) fn keyframe_came(&mut self, layer: Layer) {
        self.keyframes[layer.index()].is_needed = false;
    }

    /// Says of which layers a keyframe is to be asked for now.
    pub(super) fn keyframes_to_ask(&mut self, now: Instant) -> impl Iterator<Item = Layer> {
        Layer::ALL.into_iter().filter(move |layer| {
            let need = &mut self.keyframes[layer.index()];
            let may = need.asked.is_none_or(|asked| asked + KEYFRAME_PAUSE <= now);
            let is_due = need.is_needed && may;
            if is_due {
                need.asked = Some(now);
            }
            is_due
        })
    }

    /// How many bits/s a layer takes when it is sent and nobody has measured it.
    pub(super) fn nominal(&self, track: Track, layer: Layer) -> f64 {
        match (track, layer) {
            // Whoever sends one layer has a small picture, or no way to send more.
            (Track::Camera, Layer::Full) if self.layers.len() == 1 => 500_000.0,
            (Track::ScreenVideo, Layer::Quarter) => 200_000.0,
            (Track::ScreenVideo, _) => 2_500_000.0,
            (_, Layer::Quarter) => 150_000.0,
            (_, Layer::Half) => 500_000.0,
            (_, Layer::Full) => 1_700_000.0,
        }
    }
}

#[cfg(test)]
#[path = "tests/publication.rs"]
mod tests;
