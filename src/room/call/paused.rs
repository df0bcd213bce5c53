//! Since when pictures of a person stand still for want of bandwidth.

use crate::room::moment::Moment;
use crate::room::participant::TrackKind;

/// The server sends these pictures of a person no further at the moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PausedPictures {
    camera: Option<Moment>,
    screen: Option<Moment>,
}

impl PausedPictures {
    /// Since when this picture stands still; nothing while it does not.
    pub fn since(&self, kind: TrackKind) -> Option<Moment> {
        match kind {
            TrackKind::Camera => self.camera,
            TrackKind::ScreenVideo => self.screen,
            TrackKind::Microphone | TrackKind::ScreenAudio => None,
        }
    }

    /// This picture stands still from now on, or moves again. Of sound it says nothing.
    pub(crate) fn set(&mut self, kind: TrackKind, is_paused: bool, now: Moment) {
        let place = match kind {
            TrackKind::Camera => &mut self.camera,
            TrackKind::ScreenVideo => &mut self.screen,
            TrackKind::Microphone | TrackKind::ScreenAudio => return,
        };
        *place = match is_paused {
            true => place.or(Some(now)),
            false => None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_stands_still_since_it_was_paused_first() {
        let mut paused = PausedPictures::default();
        paused.set(TrackKind::Camera, true, Moment(5));
        paused.set(TrackKind::Camera, true, Moment(9));
        paused.set(TrackKind::Microphone, true, Moment(9));
        assert_eq!(paused.since(TrackKind::Camera), Some(Moment(5)));
        assert_eq!(paused.since(TrackKind::ScreenVideo), None);
        assert_eq!(paused.since(TrackKind::Microphone), None);
        paused.set(TrackKind::Camera, false, Moment(11));
        assert_eq!(paused, PausedPictures::default());
    }
}
