//! A copy of the microphone's track that stays enabled while the one that is sent is muted.
//!
//! Invariant: the copy is stopped when this is dropped, so it never keeps a microphone open by itself; nothing of it is sent.

use wasm_bindgen::JsCast;
use web_sys::{MediaStream, MediaStreamTrack};

/// What is listened to of the own voice.
pub(crate) struct Monitor {
    /// The copy is stopped when this is dropped.
    track: MediaStreamTrack,
    /// The meters take streams, so the copy is in one.
    stream: MediaStream,
}

impl Monitor {
    /// Copies the track (`MediaStreamTrack.clone`).
    pub(crate) fn of(microphone: &MediaStreamTrack) -> Option<Self> {
        let track: MediaStreamTrack = microphone.clone().unchecked_into();
        track.set_enabled(true);
        let stream = MediaStream::new().ok()?;
        stream.add_track(&track);
        Some(Self { track, stream })
    }

    /// To be measured.
    pub(crate) fn stream(&self) -> &MediaStream {
        &self.stream
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.track.stop();
    }
}
