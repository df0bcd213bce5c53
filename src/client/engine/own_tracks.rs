//! The own tracks: what is sent to everyone, shown to ourselves, and said to be captured.

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use web_sys::{MediaStream, MediaStreamTrack};

use super::page::Page;
use crate::client::rtc::transceivers::LocalTracks;
use crate::room::{CapturedPictures, Participant, TrackKind};

/// The tracks that are captured now.
pub(super) struct OwnTracks {
    /// The tracks are shown on the page.
    page: Page,
    /// Every connection sends these.
    tracks: LocalTracks,
    /// The model was told last that these pictures are captured.
    told: CapturedPictures,
}

impl OwnTracks {
    /// Nothing is captured yet, and the model knows it.
    pub(super) fn new(page: Page) -> Self {
        Self {
            page,
            tracks: LocalTracks::default(),
            told: CapturedPictures::default(),
        }
    }

    /// The tracks, to be sent.
    pub(super) fn tracks(&self) -> &LocalTracks {
        &self.tracks
    }

    /// Takes what is captured of this kind now, and shows us our pictures; says whether that is another track than before.
    pub(super) fn set(&mut self, kind: TrackKind, track: Option<MediaStreamTrack>) -> bool {
        let changed = self.tracks.set(kind, track.clone());
        if changed && matches!(kind, TrackKind::Camera | TrackKind::ScreenVideo) {
            self.show(kind, track.and_then(alone));
        }
        changed
    }

    /// The pictures that are captured now, if the model was told otherwise; from now on it counts as told.
    pub(super) fn take_untold(&mut self) -> Option<CapturedPictures> {
        let pictures = CapturedPictures {
            camera: self.tracks.picture(TrackKind::Camera),
            screen: self.tracks.picture(TrackKind::ScreenVideo).is_some(),
        };
        (std::mem::replace(&mut self.told, pictures) != pictures).then_some(pictures)
    }

    fn show(&self, kind: TrackKind, picture: Option<MediaStream>) {
        self.page.session.streams.update(|streams| {
            match picture {
                Some(picture) => streams.insert((Participant::Me, kind), SendWrapper::new(picture)),
                None => streams.remove(&(Participant::Me, kind)),
            };
        });
    }
}

/// A stream of this track alone.
fn alone(track: MediaStreamTrack) -> Option<MediaStream> {
    let stream = MediaStream::new().ok()?;
    stream.add_track(&track);
    Some(stream)
}
