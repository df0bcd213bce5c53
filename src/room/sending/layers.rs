//! In which layers the own pictures are sent to the SFU.
//!
//! Pure. Invariants: a browser encodes what it is told, because it is told no more layers than it makes of a picture of this size; and
//! what somebody wants to see is sent, if only in the largest layer there is.

use super::hub_targets::{HubTargets, LayerTarget};
use super::plan::Plan;
use super::target::{AudioTarget, DataMode, Screen, SendingSettings, VideoTarget};
use crate::protocol::sfu::{Layer, SfuSend};

/// From so many lines on browsers make three layers of a picture (960×540).
const THREE_LAYERS_LINES: u32 = 540;

/// From so many lines on browsers make two (480×270).
const TWO_LAYERS_LINES: u32 = 270;

/// A picture of so many lines is worth more bits.
const LARGE_LINES: u32 = 1_080;

/// While so many pictures or more are sent directly besides, the largest layer is not made: a processor encodes only so much.
const MANY_DIRECT_PICTURES: usize = 3;

/// How one layer is sent.
#[derive(Clone, Copy)]
struct Rung {
    layer: Layer,
    /// Width and height are divided by this.
    divisor: f64,
    /// At most so much is sent, in bits/s.
    bitrate: u32,
    /// At most so many frames are sent each second.
    frame_rate: f64,
}

const fn rung(layer: Layer, divisor: f64, bitrate: u32, frame_rate: f64) -> Rung {
    Rung {
        layer,
        divisor,
        bitrate,
        frame_rate,
    }
}

/// The layers of a picture of which browsers make three.
const THREE: [Rung; 3] = [
    rung(Layer::Quarter, 4.0, 150_000, 15.0),
    rung(Layer::Half, 2.0, 500_000, 30.0),
    rung(Layer::Full, 1.0, 1_700_000, 30.0),
];

/// The same of a large one.
const LARGE: [Rung; 3] = [THREE[0], THREE[1], rung(Layer::Full, 1.0, 2_500_000, 30.0)];

/// Those of one of which they make two.
const TWO: [Rung; 2] = [
    rung(Layer::Quarter, 2.0, 150_000, 15.0),
    rung(Layer::Half, 1.0, 500_000, 30.0),
];

/// That of a smaller one.
const ONE: [Rung; 1] = [rung(Layer::Quarter, 1.0, 250_000, 30.0)];

/// Those of a shared screen: a slide need not move, and has to be sharp.
const SCREEN: [Rung; 2] = [
    rung(Layer::Quarter, 4.0, 200_000, 5.0),
    rung(Layer::Full, 1.0, 2_500_000, 15.0),
];

/// What is sent to the SFU when this is captured, this is wanted, and so many pictures are sent directly besides.
pub(crate) fn layers(
    captured: SendingSettings,
    wanted: &SfuSend,
    direct_pictures: usize,
) -> HubTargets {
    let plan = Plan {
        settings: captured,
        most_lines: u32::MAX,
    };
    let made = camera_rungs(captured, direct_pictures);
    let screen: &[Rung] = match (captured.screen, captured.data) {
        (Screen::NotShared, _) => &[],
        (Screen::Shared, DataMode::Normal) => &SCREEN,
        (Screen::Shared, DataMode::Save) => &SCREEN[..1],
    };
    let of = |layer: Layer, made: &[Rung], wanted: &[Layer], rate: f64| LayerTarget {
        layer,
        target: target(layer, made, wanted, rate),
    };
    let camera = |layer| of(layer, made, &wanted.camera, captured.frame_rate);
    let shared = |layer| of(layer, screen, &wanted.screen, f64::INFINITY);
    HubTargets {
        microphone: AudioTarget {
            max_bitrate: plan.voice(),
        },
        screen_audio: AudioTarget {
            max_bitrate: plan.screen_sound(),
        },
        sound: wanted.sound,
        camera: Layer::ALL.map(camera),
        screen: [Layer::Quarter, Layer::Full].map(shared),
    }
}

fn camera_rungs(captured: SendingSettings, direct_pictures: usize) -> &'static [Rung] {
    let made: &[Rung] = match captured.camera_lines {
        None => &[],
        Some(LARGE_LINES..) => &LARGE,
        Some(THREE_LAYERS_LINES..) => &THREE,
        Some(TWO_LAYERS_LINES..) => &TWO,
        Some(_) => &ONE,
    };
    let most = match captured.data {
        DataMode::Save => 1,
        DataMode::Normal if direct_pictures >= MANY_DIRECT_PICTURES => 2,
        DataMode::Normal => made.len(),
    };
    &made[..most.min(made.len())]
}

/// A layer is sent when it is wanted, and the largest there is also when a larger one is.
fn target(layer: Layer, made: &[Rung], wanted: &[Layer], frame_rate: f64) -> VideoTarget {
    let Some(rung) = made.iter().find(|rung| rung.layer == layer) else {
        return VideoTarget::Off;
    };
    let is_largest = made.last().is_some_and(|last| last.layer == layer);
    let is_wanted = wanted
        .iter()
        .any(|wanted| *wanted == layer || (is_largest && *wanted > layer));
    match is_wanted {
        false => VideoTarget::Off,
        true => VideoTarget::On {
            max_bitrate: rung.bitrate,
            scale_resolution_down_by: rung.divisor,
            max_framerate: rung.frame_rate.min(frame_rate),
        },
    }
}

#[cfg(test)]
#[path = "tests/layers.rs"]
mod tests;
