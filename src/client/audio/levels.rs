//! How loud everybody is: one analyser for each voice.
//!
//! Invariant: nothing here is connected to the output, so nobody hears anything twice.

use std::collections::HashMap;

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use serde::Serialize;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AnalyserNode, AudioContext, AudioContextState, MediaStream, MediaStreamAudioSourceNode,
};

use crate::client::browser::js;
use crate::room::Participant;

/// Samples looked at for one level: 43 ms at 48 kHz.
const WINDOW_SAMPLES: u32 = 2048;

/// The meters of all voices.
pub(crate) struct Levels {
    /// The audio engine starts with the first voice; `None` before, and where the browser has none.
    context: Option<AudioContext>,
    /// Each participant whose voice is measured has a meter.
    meters: HashMap<Participant, Meter>,
    /// Each measurement is read into this, so that none has to ask for memory.
    samples: Vec<f32>,
}

/// One voice is measured here.
struct Meter {
    /// The stream has this id: the same stream is not connected twice.
    stream: String,
    /// The voice enters the audio engine here.
    source: MediaStreamAudioSourceNode,
    /// The newest samples of the voice are read from this.
    analyser: AnalyserNode,
}

impl Levels {
    /// No voices yet; the audio engine starts with the first.
    pub(crate) fn new() -> Self {
        Self {
            context: None,
            meters: HashMap::new(),
            samples: vec![0.0; WINDOW_SAMPLES as usize],
        }
    }

    /// Measures this stream as the participant's voice from now on.
    pub(crate) fn watch(&mut self, participant: Participant, stream: &MediaStream) {
        if self
            .meters
            .get(&participant)
            .is_some_and(|meter| meter.stream == stream.id())
        {
            return;
        }
        self.unwatch(&participant);
        if let Some(meter) = self
            .context()
            .and_then(|context| Meter::new(context, stream))
        {
            self.meters.insert(participant, meter);
        }
    }

    /// Measures the participant no more.
    pub(crate) fn unwatch(&mut self, participant: &Participant) {
        self.meters.remove(participant);
    }

    /// Whether anybody is measured.
    pub(crate) fn is_watching(&self) -> bool {
        !self.meters.is_empty()
    }

    /// The audio engine, started with the first use.
    pub(crate) fn context(&mut self) -> Option<&AudioContext> {
        if self.context.is_none() {
            self.context = silent_context();
        }
        self.context.as_ref()
    }

    /// Starts the audio engine if the browser waited for a gesture.
    pub(crate) fn resume(&self) -> Option<LocalBoxFuture<'static, ()>> {
        let context = self.context.as_ref()?;
        if context.state() != AudioContextState::Suspended {
            return None;
        }
        let resuming = JsFuture::from(context.resume().ok()?);
        Some(resuming.map(drop).boxed_local())
    }

    /// Everybody's level now.
    pub(crate) fn measure(&mut self) -> Vec<(Participant, f32)> {
        let samples = &mut self.samples;
        self.meters
            .iter()
            .map(|(participant, meter)| {
                meter.analyser.get_float_time_domain_data(samples);
                (participant.clone(), level(samples))
            })
            .collect()
    }
}

impl Drop for Levels {
    fn drop(&mut self) {
        self.meters.clear();
        if let Some(context) = &self.context {
            drop(context.close());
        }
    }
}

impl Meter {
    fn new(context: &AudioContext, stream: &MediaStream) -> Option<Self> {
        let source = context.create_media_stream_source(stream).ok()?;
        let analyser = context.create_analyser().ok()?;
        analyser.set_fft_size(WINDOW_SAMPLES);
        source.connect_with_audio_node(&analyser).ok()?;
        Some(Self {
            stream: stream.id(),
            source,
            analyser,
        })
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        drop(self.source.disconnect());
    }
}

/// An audio engine without an output of its own (Web Audio API section 1.2.1 `sinkId`): what is heard goes through elements, and an
/// output that plays nothing still wakes the machine a hundred times a second. Browsers that do not know the option ignore it.
fn silent_context() -> Option<AudioContext> {
    let options = js::dictionary(&SilentContext {
        sink_id: SilentSink { kind: "none" },
    });
    let context = js::AudioEngine::new(&options).ok()?;
    Some(context.unchecked_into())
}

/// The audio engine is asked to play to no speaker: it only measures.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SilentContext {
    /// The engine plays to this.
    sink_id: SilentSink,
}

/// This is the speaker that there is not.
#[derive(Serialize)]
struct SilentSink {
    /// The dictionary's `type` is `none`.
    #[serde(rename = "type")]
    kind: &'static str,
}

/// The root mean square of the samples, `0.0..=1.0`; a full-scale sine has 0.71.
fn level(samples: &[f32]) -> f32 {
    let power = samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32;
    power.sqrt().clamp(0.0, 1.0)
}
