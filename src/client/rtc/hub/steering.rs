//! How much of what is sent to the SFU: each layer by its `rid`.

use std::cell::RefCell;
use std::rc::Rc;

use futures::FutureExt;
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::sections;
use crate::client::browser::js;
use crate::client::browser::js::{Connection, Sender};
use crate::client::rtc::under_way::{Ended, UnderWay};
use crate::protocol::sfu::Layer;
use crate::room::TrackKind;
use crate::room::sending::{
    CallEnd, EncodingParameters, HubTargets, Parameter, SenderGoal, SenderSteering,
};

/// The steering of one sender, shared with the call that is under way.
type Shared = Rc<RefCell<SenderSteering<SenderGoal>>>;

/// The steering of each sender of a connection, in the order of [`TrackKind::ALL`].
#[derive(Default)]
pub(super) struct Steering([Shared; TrackKind::ALL.len()]);

impl Steering {
    /// Every sender sends as much as `targets` say from now on.
    pub(super) fn aim(&self, connection: &Connection, targets: &HubTargets, under_way: &UnderWay) {
        for (kind, transceiver) in sections::senders(connection) {
            let steering = &self.0[kind as usize];
            if steering.borrow_mut().aim(targets.goal(kind)) {
                let sender: Sender = transceiver.sender().unchecked_into();
                under_way.push(follow(sender, Rc::clone(steering)).boxed_local());
            }
        }
    }
}

/// Brings a sender to its goal, and to those that come meanwhile.
async fn follow(sender: Sender, steering: Shared) -> Ended {
    loop {
        let goal = steering.borrow_mut().goal();
        let end = match goal.and_then(|goal| set(&sender, &goal)) {
            None => CallEnd::Done,
            Some(setting) => match setting.await {
                Ok(_) => CallEnd::Done,
                Err(_) => CallEnd::Refused,
            },
        };
        if !steering.borrow_mut().ended(end) {
            return Ended::Quietly;
        }
    }
}

/// Sets what differs; `None` when nothing does. A layer that the sender does not have cannot be steered.
fn set(sender: &Sender, goal: &SenderGoal) -> Option<JsFuture> {
    let parameters = sender.parameters().ok()?;
    let encodings: Vec<JsValue> = parameters.get_encodings()?.iter().collect();
    let mut changed = false;
    for (layer, wanted) in &goal.encodings {
        let mut encodings = encodings.iter();
        let Some(encoding) = encodings.find(|encoding| is_of(encoding, *layer)) else {
            continue;
        };
        for parameter in wanted.differences(&read(encoding)) {
            let (name, value) = match parameter {
                Parameter::Active(active) => ("active", active.into()),
                Parameter::Number(name, number) => (name, number.into()),
            };
            Reflect::set(encoding, &name.into(), &value).ok()?;
            changed = true;
        }
    }
    if !changed {
        return None;
    }
    if goal.keeps_sharpness {
        let (name, keep) = ("degradationPreference".into(), "maintain-resolution".into());
        Reflect::set(&parameters, &name, &keep).ok()?;
    }
    Some(JsFuture::from(sender.parametrize(&parameters).ok()?))
}

/// Whether an encoding is this layer; the one of sound is none.
fn is_of(encoding: &JsValue, layer: Option<Layer>) -> bool {
    let rid = js::property(encoding, "rid").and_then(|rid| rid.as_string());
    layer.is_none_or(|layer| rid.as_deref() == Some(layer.rid()))
}

/// An encoding as the browser tells it: one that it does not call inactive is active.
fn read(encoding: &JsValue) -> EncodingParameters {
    let number = |name| js::property(encoding, name)?.as_f64();
    let active = js::property(encoding, "active").and_then(|active| active.as_bool());
    EncodingParameters {
        active: active.unwrap_or(true),
        max_bitrate: number("maxBitrate"),
        scale_resolution_down_by: number("scaleResolutionDownBy"),
        max_framerate: number("maxFramerate"),
    }
}
