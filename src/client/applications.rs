//! The door for programs in the page: they send and receive application messages by events on `window`.
//!
//! `visavis:send` takes `{topic, data, to?, reliable?, ack?}` in its `detail`; `visavis:message` gives `{from, name, reliable,
//! topic, data, ack?}`; `visavis:error` gives `{code, message}` for what could not be sent. Invariant: what arrives is
//! JSON data, never code, and never more than the channels' own limits allow.

use serde::Serialize;
use serde_json::Value;
use wasm_bindgen::JsValue;
use web_sys::{CustomEvent, CustomEventInit, Window};

use super::browser::listener::Listener;
use super::report::{Report, Reporter};
use crate::protocol::PeerId;
use crate::protocol::fields::{Fields, Read, WrongField, read_text};
use crate::room::messaging::application::{
    ApplicationError, ApplicationMessage, ApplicationRequest, ReceivedApplicationMessage, Topic,
};
use crate::room::messaging::channel::Reliability;
use crate::room::messaging::recipients::Recipients;

/// A request has at most so many characters; anything larger could not be sent anyway.
const REQUEST_CHARACTERS: u32 = 64 * 1024;

/// A program's request, as it stands in `detail`.
struct Request {
    /// The message is about this, and is heard only by programs that listen for it.
    topic: String,
    /// The message says this; `null` when the program gave nothing.
    data: Value,
    /// The message is for this person; `None` for everyone.
    to: Option<PeerId>,
    /// The message goes over the reliable channel, unless the program says otherwise.
    reliable: bool,
    /// The program waits for an acknowledgement with this number.
    ack: Option<u32>,
}

impl Read for Request {
    fn read(value: &Value) -> Result<Self, WrongField> {
        let fields = Fields::of(value)?;
        Ok(Self {
            topic: fields.string("topic")?,
            data: fields.value("data").cloned().unwrap_or_default(),
            to: fields.maybe_text("to")?.map(PeerId::new),
            reliable: fields.maybe_flag("reliable")?.unwrap_or(true),
            ack: fields.maybe_u32("ack")?,
        })
    }
}

/// A message for the programs in the page.
#[derive(Serialize)]
struct Arrived<'a> {
    /// This person sent it.
    from: &'a PeerId,
    /// The sender is called this.
    name: &'a str,
    /// The message came over the reliable channel.
    reliable: bool,
    /// The message is about this.
    topic: &'a str,
    /// The message says this.
    data: &'a Value,
    /// The sender waits for an acknowledgement with this number.
    #[serde(skip_serializing_if = "Option::is_none")]
    ack: Option<u32>,
}

/// Why a request was not granted.
#[derive(Serialize)]
struct Refusal<'a> {
    /// A program can tell reasons apart by this.
    code: &'a str,
    /// A person who writes programs can read this.
    message: &'a str,
}

/// Reports every request of a program.
pub(super) fn listen(window: &Window, reporter: Reporter) -> Listener {
    Listener::new(window, "visavis:send", move |event: CustomEvent| {
        let text = js_sys::JSON::stringify(&event.detail()).ok();
        let request = text
            .filter(|text| text.length() <= REQUEST_CHARACTERS)
            .map(String::from);
        reporter.report(Report::ApplicationRequest(request.unwrap_or_default()));
    })
}

/// Reads a request.
///
/// # Errors
/// A stable code and words for the program's author.
pub(super) fn read(request: &str) -> Result<ApplicationRequest, (&'static str, String)> {
    let request: Request =
        read_text(request).map_err(|error| ("application-malformed", error.to_string()))?;
    let topic = Topic::parse(&request.topic)
        .map_err(|error: ApplicationError| (error.code(), error.to_string()))?;
    Ok(ApplicationRequest {
        message: ApplicationMessage {
            topic,
            data: request.data,
            ack: request.ack,
        },
        to: request.to.map_or(Recipients::Everyone, Recipients::Person),
        reliability: if request.reliable {
            Reliability::ReliableOrdered
        } else {
            Reliability::UnreliableUnordered
        },
    })
}

/// Hands a message of another person's program, who is called `name`, to those in this page.
pub(super) fn hand_over(window: &Window, name: &str, received: &ReceivedApplicationMessage) {
    let arrived = Arrived {
        from: &received.from,
        name,
        reliable: received.reliability == Reliability::ReliableOrdered,
        topic: received.message.topic.as_str(),
        data: &received.message.data,
        ack: received.message.ack,
    };
    tell(window, "visavis:message", &arrived);
}

/// Tells the programs in the page why what one of them wanted is not done.
pub(super) fn refuse(window: &Window, code: &str, message: &str) {
    tell(window, "visavis:error", &Refusal { code, message });
}

/// Fires an event whose `detail` is a plain object.
fn tell(window: &Window, event_type: &str, detail: &impl Serialize) {
    let Ok(text) = serde_json::to_string(detail) else {
        return;
    };
    let init = CustomEventInit::new();
    init.set_detail(&js_sys::JSON::parse(&text).unwrap_or(JsValue::NULL));
    if let Ok(event) = CustomEvent::new_with_event_init_dict(event_type, &init) {
        drop(window.dispatch_event(&event));
    }
}
