//! All voices and shared sounds as one track.

use std::collections::HashMap;

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    AudioContext, MediaStream, MediaStreamAudioDestinationNode, MediaStreamAudioSourceNode,
    MediaStreamTrack,
};

use super::sources::Sources;
use crate::room::{Participant, TrackKind};

/// The mix. Closes its audio engine when dropped.
pub(super) struct Mixer {
    /// The mix is made by this audio engine.
    context: AudioContext,
    /// The mix comes out here.
    destination: MediaStreamAudioDestinationNode,
    /// Each sound in the mix stands here with the id of its track.
    mixed: HashMap<(Participant, TrackKind), (String, MediaStreamAudioSourceNode)>,
}

impl Mixer {
    /// Silence, to begin with: a recording has sound from its first moment.
    pub(super) fn new() -> Result<Self, JsValue> {
        let context = AudioContext::new()?;
        drop(context.resume());
        Ok(Self {
            destination: context.create_media_stream_destination()?,
            context,
            mixed: HashMap::new(),
        })
    }

    /// What it sounds like.
    pub(super) fn stream(&self) -> MediaStream {
        self.destination.stream()
    }

    /// Hears these sources and no others.
    pub(super) fn follow(&mut self, sources: &Sources) {
        let audible = |kind| matches!(kind, TrackKind::Microphone | TrackKind::ScreenAudio);
        let stays = |key: &(Participant, TrackKind), id: &str| {
            sources.get(key).and_then(sound_id).as_deref() == Some(id)
        };
        self.mixed.retain(|key, (id, source)| {
            let stays = stays(key, id);
            if !stays {
                drop(source.disconnect());
            }
            stays
        });
        for (key, stream) in sources {
            if !audible(key.1) || self.mixed.contains_key(key) {
                continue;
            }
            let Some(id) = sound_id(stream) else {
                continue;
            };
            if let Ok(source) = self.context.create_media_stream_source(stream)
                && source.connect_with_audio_node(&self.destination).is_ok()
            {
                self.mixed.insert(key.clone(), (id, source));
            }
        }
    }
}

/// The id of a stream's sound: a stream that is made anew for the same track sounds the same.
fn sound_id(stream: &MediaStream) -> Option<String> {
    let track = stream.get_audio_tracks().get(0);
    track
        .dyn_into::<MediaStreamTrack>()
        .ok()
        .map(|track| track.id())
}

impl Drop for Mixer {
    fn drop(&mut self) {
        drop(self.context.close());
    }
}
