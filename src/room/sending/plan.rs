//! How one person's share of the uplink is spent.
//!
//! Invariant: sound comes first, then a shared screen, then the face; nothing is spent on what is not seen.

use super::encoding::{self, Climb, Place, VIDEO_FLOOR};
use super::target::{AudioTarget, DataMode, Screen, SendTargets, SendingSettings};
use super::view::{ViewRequest, ViewSize};

/// A voice gets this, in bits/s.
const VOICE: u32 = 40_000;
/// A voice gets this where little fits or the user saves data, in bits/s.
const NARROW_VOICE: u32 = 24_000;
/// The sound of a shared screen gets this, in bits/s.
const SCREEN_SOUND: u32 = 96_000;
/// The sound of a shared screen gets this where little fits or the user saves data, in bits/s.
const NARROW_SCREEN_SOUND: u32 = 32_000;
/// The own face has at most so many lines beside an own shared screen.
const LINES_BESIDE_SCREEN: u32 = 270;
/// A shared screen gets this share of the picture's bits before the face.
const SCREEN_PART: f64 = 0.8;

/// The rungs one person's pictures are on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Places {
    /// The face is on this rung.
    pub(super) camera: Place,
    /// The shared screen is on this rung.
    pub(super) screen: Place,
}

/// A person's share is spent like this.
pub(super) struct Plan {
    /// This is captured, and the user is this sparing.
    pub(super) settings: SendingSettings,
    /// The processor copes with at most so many lines.
    pub(super) most_lines: u32,
}

impl Plan {
    fn saves_data(&self) -> bool {
        self.settings.data == DataMode::Save
    }

    fn is_sharing(&self) -> bool {
        self.settings.screen == Screen::Shared
    }

    /// The voice, in bits/s.
    pub(super) fn voice(&self) -> u32 {
        if self.saves_data() {
            NARROW_VOICE
        } else {
            VOICE
        }
    }

    /// The sound of a shared screen, in bits/s.
    pub(super) fn screen_sound(&self) -> u32 {
        if self.saves_data() {
            NARROW_SCREEN_SOUND
        } else {
            SCREEN_SOUND
        }
    }

    /// All sound, in bits/s.
    fn sound(&self) -> f64 {
        let shared = if self.is_sharing() {
            self.screen_sound()
        } else {
            0
        };
        f64::from(self.voice() + shared)
    }

    /// The lines of the own face that are of use to somebody with this view; `None` for none.
    fn lines(&self, view: ViewRequest) -> Option<u32> {
        let mut lines = self
            .settings
            .camera_lines?
            .min(view.camera.lines()?)
            .min(self.most_lines);
        if self.saves_data() {
            lines = lines.min(180);
        }
        if self.is_sharing() {
            lines = lines.min(LINES_BESIDE_SCREEN);
        }
        Some(lines)
    }

    /// What would be of use to somebody with this view, in bits/s.
    pub(super) fn demand(&self, view: ViewRequest) -> f64 {
        let face = self.lines(view).map_or(0.0, encoding::camera_demand);
        self.sound() + face + self.screen_demand(view)
    }

    fn screen_demand(&self, view: ViewRequest) -> f64 {
        if !self.is_sharing() {
            return 0.0;
        }
        let most: f64 = match view.screen {
            ViewSize::Hidden => 0.0,
            ViewSize::Thumbnail => 250_000.0,
            ViewSize::Medium => 800_000.0,
            ViewSize::Large => 2_500_000.0,
        };
        if self.saves_data() {
            most.min(300_000.0)
        } else {
            most
        }
    }

    /// Spends a share, in bits/s: on sound first, then on the shared screen, then on the face.
    pub(super) fn spend(
        &self,
        share: f64,
        view: ViewRequest,
        climb: Climb,
        places: &mut Places,
    ) -> SendTargets {
        let picture = share - self.sound();
        let screen_demand = self.screen_demand(view);
        let lines = self.lines(view);
        let face_demand = lines.map_or(0.0, encoding::camera_demand);

        let shared = if face_demand > 0.0 && picture * (1.0 - SCREEN_PART) >= VIDEO_FLOOR {
            (picture * SCREEN_PART).max(picture - face_demand)
        } else {
            picture
        };
        let screen_bits = shared.min(screen_demand);
        let face_bits = (picture - screen_bits).min(face_demand);
        let shrink = match view.screen {
            ViewSize::Thumbnail => 4.0,
            ViewSize::Hidden | ViewSize::Medium | ViewSize::Large => 1.0,
        };
        let screen = encoding::screen(screen_bits, shrink, climb, &mut places.screen);
        let camera = encoding::camera(
            face_bits,
            lines.unwrap_or_default(),
            self.settings.camera_lines.unwrap_or_default(),
            self.settings.frame_rate,
            climb,
            &mut places.camera,
        );
        // Where not even a picture fits, the voice is narrowed as well.
        let narrow = picture < 0.0;
        SendTargets {
            sound: view.sound.0,
            microphone: AudioTarget {
                max_bitrate: if narrow { NARROW_VOICE } else { self.voice() },
            },
            camera,
            screen_audio: AudioTarget {
                max_bitrate: if narrow {
                    NARROW_SCREEN_SOUND
                } else {
                    self.screen_sound()
                },
            },
            screen,
        }
    }
}
