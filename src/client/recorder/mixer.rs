//! All voices and shared sounds as one track.
//!
//! Invariant: what may be heard soon is in the mix already, turned down, so that who is heard from another line than before is
//! so without a hole: a new source takes a moment to begin.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    AudioContext, GainNode, MediaStream, MediaStreamAudioDestinationNode,
    MediaStreamAudioSourceNode, MediaStreamTrack,
};

/// A sound that is heard, or may be soon.
pub(crate) struct Sound {
    /// It comes in this stream.
    pub(crate) stream: MediaStream,
    /// It is heard now.
    pub(crate) is_heard: bool,
}

/// The mix. Closes its audio engine when dropped.
pub(super) struct Mixer {
    /// The mix is made by this audio engine.
    context: AudioContext,
    /// The mix comes out here.
    destination: MediaStreamAudioDestinationNode,
    /// All that is in the mix, heard or not.
    sources: Vec<Source>,
}

/// One sound in the mix. Dropping it takes it out.
struct Source {
    /// Its track has this id.
    track: String,
    /// It comes from here.
    node: MediaStreamAudioSourceNode,
    /// It is turned up or down here.
    volume: GainNode,
}

impl Source {
    fn new(
        context: &AudioContext,
        destination: &MediaStreamAudioDestinationNode,
        stream: &MediaStream,
        track: String,
    ) -> Result<Self, JsValue> {
        let volume = context.create_gain()?;
        volume.gain().set_value(0.0);
        let node = context.create_media_stream_source(stream)?;
        node.connect_with_audio_node(&volume)?;
        volume.connect_with_audio_node(destination)?;
        Ok(Self {
            track,
            node,
            volume,
        })
    }

    fn turn(&self, is_heard: bool) {
        self.volume.gain().set_value(f32::from(u8::from(is_heard)));
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        drop(self.node.disconnect());
        drop(self.volume.disconnect());
    }
}

impl Mixer {
    /// Silence, to begin with: a recording has sound from its first moment.
    pub(super) fn new() -> Result<Self, JsValue> {
        let context = AudioContext::new()?;
        drop(context.resume());
        Ok(Self {
            destination: context.create_media_stream_destination()?,
            context,
            sources: Vec::new(),
        })
    }

    /// What it sounds like.
    pub(super) fn stream(&self) -> MediaStream {
        self.destination.stream()
    }

    /// Has these sounds and no others. All turns are made in one task.
    pub(super) fn follow(&mut self, sounds: &[Sound]) {
        let mut tracks = Vec::new();
        for Sound { stream, is_heard } in sounds {
            let Some(track) = sound_id(stream) else {
                continue;
            };
            let is_mixed = self.sources.iter().any(|source| source.track == track);
            if !is_mixed {
                let source = Source::new(&self.context, &self.destination, stream, track.clone());
                self.sources.extend(source);
            }
            if let Some(source) = self.sources.iter().find(|source| source.track == track) {
                source.turn(*is_heard);
            }
            tracks.push(track);
        }
        self.sources.retain(|source| tracks.contains(&source.track));
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
