//! The dictionaries and events of an `RTCPeerConnection`, turned into the model's words and back.

use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, RtcIceConnectionState, RtcPeerConnectionIceEvent, RtcPeerConnectionState};

use crate::client::browser::js;
use crate::client::browser::js::Connection;
use crate::client::browser::listener::Listener;
use crate::client::report::{Report, Reporter};
use crate::protocol::{IceCandidate, IceServer, IceTransportPolicy};
use crate::room::{ConnectionState, Pair, PathId, PeerEvent, Route};

/// How candidates are gathered.
#[derive(Clone, Debug)]
pub(crate) struct IceConfiguration {
    /// Candidates are gathered with the help of these servers.
    pub(crate) servers: Vec<IceServer>,
    /// The user may want only relayed ones, so that nobody learns an address.
    pub(crate) policy: IceTransportPolicy,
    /// After failures only relayed ones are tried for a while.
    pub(crate) route: Route,
}

/// `RTCConfiguration` (W3C WebRTC section 4.2.1).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Configuration<'a> {
    /// Candidates are gathered with the help of these servers.
    ice_servers: &'a [IceServer],
    /// Only relayed candidates may be used, or all.
    ice_transport_policy: IceTransportPolicy,
    /// All media and data share one transport.
    bundle_policy: &'static str,
}

/// `RTCSessionDescriptionInit` (W3C WebRTC section 4.7.3).
#[derive(Serialize)]
struct Description<'a> {
    r#type: &'static str,
    /// The description reads like this.
    sdp: &'a str,
}

/// Creates a connection.
///
/// # Errors
/// The browser's exception; a limit on connections is one.
pub(crate) fn open(ice: &IceConfiguration) -> Result<Connection, JsValue> {
    Connection::new(&configuration(ice))
}

/// Gathers in another way from the next time on; what the browser does not take is ignored.
pub(super) fn reconfigure(connection: &Connection, ice: &IceConfiguration) {
    drop(connection.configure(&configuration(ice)));
}

/// Reports what happens to the connection.
pub(crate) fn listen(
    connection: &Connection,
    path: PathId,
    generation: u32,
    reporter: &Reporter,
) -> Vec<Listener> {
    let report = {
        let reporter = reporter.clone();
        move |event| {
            reporter.report(Report::Path {
                path,
                generation,
                event,
            });
        }
    };
    vec![
        Listener::new(connection, "negotiationneeded", {
            let report = report.clone();
            move |_: Event| report(PeerEvent::NegotiationNeeded)
        }),
        Listener::new(connection, "icecandidate", {
            let report = report.clone();
            move |event: RtcPeerConnectionIceEvent| {
                if let Some(candidate) = candidate_of(&event) {
                    report(PeerEvent::Candidate(candidate));
                }
            }
        }),
        Listener::new(connection, "iceconnectionstatechange", {
            let (connection, report) = (connection.clone(), report.clone());
            move |_: Event| report(PeerEvent::Pair(pair_of(&connection)))
        }),
        Listener::new(connection, "connectionstatechange", {
            let connection = connection.clone();
            move |_: Event| report(PeerEvent::Connection(state_of(&connection)))
        }),
    ]
}

fn configuration(ice: &IceConfiguration) -> JsValue {
    js::dictionary(&Configuration {
        ice_servers: &ice.servers,
        ice_transport_policy: match ice.route {
            Route::Any => ice.policy,
            Route::Relayed => IceTransportPolicy::Relay,
        },
        bundle_policy: "max-bundle",
    })
}

/// Sets the remote description.
///
/// # Errors
/// The browser's exception, when the description does not fit.
pub(crate) async fn describe_remotely(
    connection: &Connection,
    r#type: &'static str,
    sdp: &str,
) -> Result<JsValue, JsValue> {
    let description = js::dictionary(&Description { r#type, sdp });
    JsFuture::from(connection.describe_remotely(&description)?).await
}

/// The local description that was just set.
///
/// # Errors
/// When there is none.
pub(crate) fn local_sdp(connection: &Connection) -> Result<String, JsValue> {
    connection
        .local_description()
        .map(|description| description.sdp())
        .ok_or(JsValue::UNDEFINED)
}

/// `None` for a candidate that says nothing: the empty one some browsers send before the end of candidates.
fn candidate_of(event: &RtcPeerConnectionIceEvent) -> Option<Option<IceCandidate>> {
    let Some(candidate) = event.candidate() else {
        return Some(None);
    };
    js::read::<IceCandidate>(candidate.unchecked_ref())
        .filter(|candidate| !candidate.candidate.is_empty())
        .map(Some)
}

fn pair_of(connection: &Connection) -> Pair {
    match connection.ice_connection_state() {
        RtcIceConnectionState::Connected | RtcIceConnectionState::Completed => Pair::Found,
        _ => Pair::Missing,
    }
}

fn state_of(connection: &Connection) -> ConnectionState {
    match connection.connection_state() {
        RtcPeerConnectionState::Connecting => ConnectionState::Connecting,
        RtcPeerConnectionState::Connected => ConnectionState::Connected,
        RtcPeerConnectionState::Disconnected => ConnectionState::Disconnected,
        RtcPeerConnectionState::Failed => ConnectionState::Failed,
        RtcPeerConnectionState::Closed => ConnectionState::Closed,
        _ => ConnectionState::New,
    }
}
