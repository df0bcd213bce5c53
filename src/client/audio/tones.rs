//! Sounds made of a few tones (W3C Web Audio), played on the chosen speaker.
//!
//! Invariant: everything goes through one `<audio>` element, for only such an element has a speaker of its own in every
//! browser that lets one choose; and nothing runs before the first sound.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioContext, AudioNode, HtmlAudioElement, MediaStream};

use crate::client::browser::js;
use crate::room::DeviceId;
use crate::room::attention::Tone;

/// The loudest a sound gets, `0.0..=1.0`.
const VOLUME: f64 = 0.12;

/// A tone takes this long to rise and to fall, in s, so that it does not click.
const FADE_S: f64 = 0.015;

/// The first tone waits this long, in s, in which the element starts to play.
const LEAD_S: f64 = 0.06;

#[wasm_bindgen]
extern "C" {
    /// This is `AudioContext` with those of its methods that make nodes.
    #[wasm_bindgen(extends = AudioContext, js_name = AudioContext)]
    #[derive(Clone)]
    type Context;

    #[wasm_bindgen(method, catch, js_name = createOscillator)]
    fn oscillator(this: &Context) -> Result<Node, JsValue>;

    #[wasm_bindgen(method, catch, js_name = createGain)]
    fn gain(this: &Context) -> Result<Node, JsValue>;

    #[wasm_bindgen(method, catch, js_name = createMediaStreamDestination)]
    fn stream_destination(this: &Context) -> Result<Node, JsValue>;

    /// This is an oscillator, a gain or a destination.
    #[wasm_bindgen(extends = AudioNode, js_name = AudioNode)]
    #[derive(Clone)]
    type Node;

    #[wasm_bindgen(method, getter)]
    fn frequency(this: &Node) -> Parameter;

    #[wasm_bindgen(method, getter, js_name = gain)]
    fn amount(this: &Node) -> Parameter;

    #[wasm_bindgen(method, getter)]
    fn stream(this: &Node) -> MediaStream;

    #[wasm_bindgen(method, catch)]
    fn start(this: &Node, when: f64) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    fn stop(this: &Node, when: f64) -> Result<(), JsValue>;

    /// This is `AudioParam`.
    type Parameter;

    #[wasm_bindgen(method, catch, js_name = setValueAtTime)]
    fn at(this: &Parameter, value: f64, when: f64) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = linearRampToValueAtTime)]
    fn ramp(this: &Parameter, value: f64, when: f64) -> Result<JsValue, JsValue>;
}

/// The element that plays, and the node that feeds it.
pub(crate) struct Tones {
    /// The tones are made by this audio engine, and by its clock.
    context: Context,
    /// The tones go here.
    destination: Node,
    /// The element plays them, since only an element plays to the speaker the user chose.
    element: HtmlAudioElement,
}

impl Tones {
    /// Ready to play; `None` when the browser cannot.
    pub(crate) fn new(context: &AudioContext) -> Option<Self> {
        let context: Context = Clone::clone(context.unchecked_ref::<Context>());
        let destination = context.stream_destination().ok()?;
        let element = HtmlAudioElement::new().ok()?;
        element.set_src_object(Some(&destination.stream()));
        Some(Self {
            context,
            destination,
            element,
        })
    }

    /// Plays the tones one after the other. The future ends when the element plays, or is not allowed to.
    pub(crate) fn play(
        &self,
        tones: &'static [Tone],
        speaker: Option<&DeviceId>,
    ) -> impl Future<Output = ()> + use<> {
        let sink = speaker.map_or("", |speaker| speaker.0.as_str());
        let chosen = js::call(&self.element, "setSinkId", &sink.into());
        let element = Clone::clone(&self.element);
        let (context, destination) = (Clone::clone(&self.context), self.destination.clone());
        async move {
            if let Some(chosen) = chosen {
                drop(JsFuture::from(chosen.unchecked_into::<Promise>()).await);
            }
            if let Ok(playing) = element.play() {
                drop(JsFuture::from(playing).await);
            }
            drop(schedule(&context, &destination, tones));
        }
    }
}

fn schedule(context: &Context, destination: &Node, tones: &[Tone]) -> Result<(), JsValue> {
    let mut begin = context.current_time() + LEAD_S;
    for tone in tones {
        let end = begin + f64::from(tone.duration_ms) / 1_000.0;
        let (oscillator, gain) = (context.oscillator()?, context.gain()?);
        oscillator
            .frequency()
            .at(f64::from(tone.frequency), begin)?;
        let amount = gain.amount();
        amount.at(0.0, begin)?;
        amount.ramp(VOLUME, begin + FADE_S)?;
        amount.at(VOLUME, end - FADE_S)?;
        amount.ramp(0.0, end)?;
        oscillator.connect_with_audio_node(&gain)?;
        gain.connect_with_audio_node(destination)?;
        oscillator.start(begin)?;
        oscillator.stop(end)?;
        begin = end;
    }
    Ok(())
}

impl Drop for Tones {
    fn drop(&mut self) {
        drop(self.element.pause());
        self.element.set_src_object(None);
    }
}
