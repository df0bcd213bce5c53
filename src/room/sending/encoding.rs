//! How a bitrate is best spent: for a face on resolution and motion together, for a screen on sharp lines.
//!
//! Invariant: a better rung is taken only once the bitrate exceeds its border by [`HEADROOM`], so that a bitrate that
//! wavers around a border does not make the picture jump; and none while the bitrate is only being tried out.

use super::target::VideoTarget;

/// The bitrate must exceed a border by this factor to climb over it.
const HEADROOM: f64 = 1.15;
/// Below this a picture is not worth its bits; sound gets them. In bits/s.
pub(super) const VIDEO_FLOOR: f64 = 60_000.0;

/// A step of quality, from the given bitrate on.
struct Rung {
    /// The step is reached from this bitrate on, in bits/s.
    from: f64,
    /// The picture has at most so many lines.
    lines: u32,
    /// The picture has at most so many frames a second.
    frame_rate: f64,
}

const fn rung(from: f64, lines: u32, frame_rate: f64) -> Rung {
    Rung {
        from,
        lines,
        frame_rate,
    }
}

/// A face moves: resolution and frame rate grow together.
const CAMERA: [Rung; 7] = [
    rung(VIDEO_FLOOR, 180, 10.0),
    rung(100_000.0, 180, 15.0),
    rung(180_000.0, 270, 20.0),
    rung(320_000.0, 360, 30.0),
    rung(650_000.0, 540, 30.0),
    rung(1_000_000.0, 720, 60.0),
    rung(2_200_000.0, 1_080, 60.0),
];

/// Text must stay legible: the resolution is kept and the frame rate falls.
const SCREEN: [Rung; 5] = [
    rung(VIDEO_FLOOR, u32::MAX, 2.0),
    rung(200_000.0, u32::MAX, 5.0),
    rung(400_000.0, u32::MAX, 8.0),
    rung(800_000.0, u32::MAX, 15.0),
    rung(2_000_000.0, u32::MAX, 30.0),
];

/// The rung a sender is on; `None` while it is off.
pub(super) type Place = Option<usize>;

/// A better rung may be taken now, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Climb {
    /// A better rung may be taken.
    Free,
    /// No better rung may be taken while the bitrate may be taken back any moment.
    Barred,
}

/// The most a face of this many lines can make use of, in bits/s.
pub(super) fn camera_demand(lines: u32) -> f64 {
    match lines {
        0..=180 => 200_000.0,
        181..=270 => 350_000.0,
        271..=360 => 700_000.0,
        361..=540 => 1_200_000.0,
        541..=720 => 1_800_000.0,
        _ => 3_000_000.0,
    }
}

/// What to do with a face captured at `captured` lines and `frame_rate`, of which at most `lines` are of use.
pub(super) fn camera(
    bitrate: f64,
    lines: u32,
    captured: u32,
    frame_rate: f64,
    allowed: Climb,
    place: &mut Place,
) -> VideoTarget {
    let top = CAMERA
        .iter()
        .rposition(|rung| rung.lines <= lines)
        .unwrap_or(0);
    *place = climb(&CAMERA, bitrate, *place, allowed).map(|index| index.min(top));
    target(&CAMERA, bitrate, *place, |rung| VideoTarget::On {
        max_bitrate: rounded(bitrate),
        scale_resolution_down_by: scale(captured, rung.lines),
        max_framerate: rung.frame_rate.min(frame_rate),
    })
}

/// What to do with a shared screen. `shrink` is by how much it may be scaled down because it is shown small.
pub(super) fn screen(bitrate: f64, shrink: f64, allowed: Climb, place: &mut Place) -> VideoTarget {
    *place = climb(&SCREEN, bitrate, *place, allowed);
    target(&SCREEN, bitrate, *place, |rung| VideoTarget::On {
        max_bitrate: rounded(bitrate),
        scale_resolution_down_by: shrink,
        max_framerate: rung.frame_rate,
    })
}

fn climb(rungs: &[Rung], bitrate: f64, place: Place, allowed: Climb) -> Place {
    let reached = |headroom: f64| {
        rungs
            .iter()
            .rposition(|rung| bitrate >= rung.from * headroom)
    };
    let (sure, bare) = (reached(HEADROOM), reached(1.0));
    // `None < Some(_)`: falling to or below the bare border counts at once, climbing only with headroom.
    if bare <= place {
        bare
    } else if allowed == Climb::Barred && place.is_some() {
        place
    } else {
        sure.max(place)
    }
}

fn target(
    rungs: &[Rung],
    bitrate: f64,
    place: Place,
    on: impl Fn(&Rung) -> VideoTarget,
) -> VideoTarget {
    match place.and_then(|index| rungs.get(index)) {
        Some(rung) if bitrate >= VIDEO_FLOOR => on(rung),
        _ => VideoTarget::Off,
    }
}

fn scale(captured: u32, lines: u32) -> f64 {
    (f64::from(captured) / f64::from(lines)).max(1.0)
}

/// Rounded down to steps that are worth a `setParameters`, in bits/s.
fn rounded(bitrate: f64) -> u32 {
    let step = match bitrate {
        bitrate if bitrate < 300_000.0 => 10_000.0,
        bitrate if bitrate < 1_000_000.0 => 25_000.0,
        _ => 50_000.0,
    };
    ((bitrate / step).floor() * step) as u32
}
