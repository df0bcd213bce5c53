//! Whether the server answers, how fast, and what it says of ICE servers.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::course::Course;
use super::wait::within;
use crate::api::visitor_ice_servers;
use crate::client::browser::js;
use crate::protocol::CheckServers;
use crate::room::connection_test::{Figure, Finding, Obstacle, Trouble};

/// The server is asked for this.
const QUESTION: &str = "/healthz";
/// A server of ours answers this.
const ANSWER: &str = "ok";

/// An answer may take this long, in ms.
const PATIENCE_MS: u64 = 8_000;

/// The server is asked so often; the fastest answer counts, for the first may have to open a connection.
const QUESTIONS: u32 = 3;

/// Asks the server.
pub(super) async fn finding(course: &Course) -> Finding {
    let mut fastest = u64::MAX;
    for _ in 0..QUESTIONS {
        let asked = course.clock.now();
        match within(&course.window, PATIENCE_MS, answer(course)).await {
            Some(Ok(Some(text))) if text == ANSWER => {}
            Some(Ok(_)) => return Finding::Trouble(Trouble::ServerStrange),
            Some(Err(_)) | None => return Finding::Trouble(Trouble::ServerSilent),
        }
        fastest = fastest.min(course.clock.now().since(asked));
    }
    let fastest = u32::try_from(fastest).unwrap_or(u32::MAX);
    Finding::Fine(Figure::RoundTrip(fastest))
}

/// The body of the answer; `None` when it is none of success.
async fn answer(course: &Course) -> Result<Option<String>, JsValue> {
    let response = JsFuture::from(course.window.fetch_with_str(QUESTION)).await?;
    if js::property(&response, "ok").and_then(|ok| ok.as_bool()) != Some(true) {
        return Ok(None);
    }
    let reading = js::call(&response, "text", &JsValue::UNDEFINED).ok_or(JsValue::UNDEFINED)?;
    let text = JsFuture::from(reading.dyn_into::<Promise>()?).await?;
    Ok(text.as_string())
}

/// Which STUN and TURN servers there are.
///
/// # Errors
/// When the server does not say.
pub(super) async fn ask() -> Result<CheckServers, Obstacle> {
    visitor_ice_servers()
        .await
        .map_err(|_| Obstacle::ServersUnknown)
}
