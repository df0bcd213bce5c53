//! How loud everybody is: one analyser for each line that brings a voice.
//!
//! Invariant: nothing here is connected to the output, so nobody hears anything twice; and only what is heard has a level, so
//! that nobody has two.

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use serde::Serialize;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AnalyserNode, AudioContext, AudioContextState, MediaStream, MediaStreamAudioSourceNode,
};

use crate::client::browser::js;
use crate::room::{Participant, TrackKind};
use crate::session::Voice;

/// Samples looked at for one level: 43 ms at 48 kHz.
const WINDOW_SAMPLES: u32 = 2048;

/// The meters of all voices.
pub(crate) struct Levels {
    /// The audio engine starts with the first voice; `None` before, and where the browser has none.
    context: Option<AudioContext>,
    /// Each line that brings a voice has a meter, and so has the own microphone.
    meters: Vec<Meter>,
    /// Each measurement is read into this, so that none has to ask for memory.
    samples: Vec<f32>,
}

/// One voice is measured here.
struct Meter {
    /// The voice is this participant's.
    whose: Participant,
    /// The voice is heard from this line, and so its level counts.
    is_audible: bool,
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
            meters: Vec::new(),
            samples: vec![0.0; WINDOW_SAMPLES as usize],
        }
    }

    /// Measures this stream as the own voice from now on; none with `None`.
    pub(crate) fn watch_myself(&mut self, stream: Option<&MediaStream>) {
        self.meters.retain(|meter| meter.whose != Participant::Me);
        if let Some(stream) = stream {
            self.watch(Participant::Me, true, stream);
        }
    }

    /// Measures these voices and no others but the own one; returns who is not heard any more.
    pub(crate) fn follow(&mut self, voices: &[Voice]) -> Vec<Participant> {
        let before = self.heard();
        let mut unmeasured: Vec<(Participant, &Voice)> = voices
            .iter()
            .filter_map(|voice| match &voice.whose {
                Some((peer, TrackKind::Microphone)) => {
                    Some((Participant::Peer(peer.clone()), voice))
                }
                _ => None,
            })
            .collect();
        self.meters.retain_mut(|meter| {
            let line = unmeasured
                .iter()
                .position(|(_, voice)| voice.stream.id() == meter.stream);
            if let Some(line) = line {
                let (whose, voice) = unmeasured.swap_remove(line);
                meter.whose = whose;
                meter.is_audible = voice.audible;
            }
            line.is_some() || meter.whose == Participant::Me
        });
        for (whose, voice) in unmeasured {
            self.watch(whose, voice.audible, &voice.stream);
        }
        let now = self.heard();
        let before = before.into_iter();
        before.filter(|whose| !now.contains(whose)).collect()
    }

    fn watch(&mut self, whose: Participant, is_audible: bool, stream: &MediaStream) {
        let meter = self
            .context()
            .and_then(|context| Meter::new(context, whose, is_audible, stream));
        self.meters.extend(meter);
    }

    /// Whose voices are heard.
    fn heard(&self) -> Vec<Participant> {
        let audible = self.meters.iter().filter(|meter| meter.is_audible);
        audible.map(|meter| meter.whose.clone()).collect()
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

    /// The level now of everybody who is heard.
    pub(crate) fn measure(&mut self) -> Vec<(Participant, f32)> {
        let samples = &mut self.samples;
        let audible = self.meters.iter().filter(|meter| meter.is_audible);
        audible
            .map(|meter| {
                meter.analyser.get_float_time_domain_data(samples);
                (meter.whose.clone(), level(samples))
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
    fn new(
        context: &AudioContext,
        whose: Participant,
        is_audible: bool,
        stream: &MediaStream,
    ) -> Option<Self> {
        let source = context.create_media_stream_source(stream).ok()?;
        let analyser = context.create_analyser().ok()?;
        analyser.set_fft_size(WINDOW_SAMPLES);
        source.connect_with_audio_node(&analyser).ok()?;
        Some(Self {
            whose,
            is_audible,
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
