//! All voices and shared sounds as one track.
//!
//! Invariant: what is heard from another line than before is joined by it before it is cut, so no change leaves a hole.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    AudioContext, MediaStream, MediaStreamAudioDestinationNode, MediaStreamAudioSourceNode,
    MediaStreamTrack,
};

/// The mix. Closes its audio engine when dropped.
pub(super) struct Mixer {
    /// The mix is made by this audio engine.
    context: AudioContext,
    /// The mix comes out here.
    destination: MediaStreamAudioDestinationNode,
    /// Each sound in the mix stands here with the id of its track.
    mixed: Vec<(String, MediaStreamAudioSourceNode)>,
}

impl Mixer {
    /// Silence, to begin with: a recording has sound from its first moment.
    pub(super) fn new() -> Result<Self, JsValue> {
        let context = AudioContext::new()?;
        drop(context.resume());
        Ok(Self {
            destination: context.create_media_stream_destination()?,
            context,
            mixed: Vec::new(),
        })
    }

    /// What it sounds like.
    pub(super) fn stream(&self) -> MediaStream {
        self.destination.stream()
    }

    /// Hears these sounds and no others.
    pub(super) fn follow(&mut self, sounds: &[MediaStream]) {
        let mut heard = Vec::new();
        for stream in sounds {
            let Some(id) = sound_id(stream) else {
                continue;
            };
            if !self.mixed.iter().any(|(mixed, _)| *mixed == id)
                && let Ok(source) = self.context.create_media_stream_source(stream)
                && source.connect_with_audio_node(&self.destination).is_ok()
            {
                self.mixed.push((id.clone(), source));
            }
            heard.push(id);
        }
        self.mixed.retain(|(id, source)| {
            let stays = heard.contains(id);
            if !stays {
                drop(source.disconnect());
            }
            stays
        });
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
