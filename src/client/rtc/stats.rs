//! Reading a connection's statistics: each entry crosses from the browser once, as text.

use futures::future::{FutureExt, LocalBoxFuture};
use js_sys::{JSON, Map};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::client::browser::js;
use crate::client::browser::js::Connection;
use crate::protocol::PeerId;
use crate::room::quality::{Reading, Report, StatsEntry, TrackMap};

/// Reads all entries of a connection whose sections carry these tracks.
pub(super) fn read(
    connection: &Connection,
    peer: PeerId,
    generation: u32,
    tracks: TrackMap,
) -> LocalBoxFuture<'static, Reading> {
    let asked = JsFuture::from(connection.get_stats());
    async move {
        let mut entries: Vec<String> = Vec::new();
        if let Ok(stats) = asked.await {
            stats.unchecked_ref::<Map>().for_each(&mut |entry, _| {
                let kind = js::property(&entry, "type").and_then(|kind| kind.as_string());
                if kind.is_none_or(|kind| !StatsEntry::is_read(&kind)) {
                    return;
                }
                entries.extend(
                    JSON::stringify(&entry)
                        .ok()
                        .and_then(|text| text.as_string()),
                );
            });
        }
        Reading {
            peer,
            generation,
            tracks,
            report: Report::from_entries(entries),
        }
    }
    .boxed_local()
}

/// What arrived on a connection until now.
pub(crate) struct Arrived {
    /// This entry said so, and is asked first the next time: looking at all of them is dear.
    pub(crate) entry: Option<JsValue>,
    /// So many bytes arrived.
    pub(crate) bytes: u64,
}

/// Counts what arrived on a connection; `None` before there is a transport. W3C Identifiers for WebRTC's Statistics API
/// section 8.18; where the transport has no figures, the sum of its candidate pairs.
pub(super) fn count_arrivals(
    connection: &Connection,
    entry: Option<JsValue>,
) -> impl Future<Output = Option<Arrived>> + 'static {
    let asked = JsFuture::from(connection.get_stats());
    async move {
        let stats = asked.await.ok()?;
        let stats: &Map = stats.unchecked_ref();
        if let Some(known) = entry
            && let Some(bytes) = bytes_received(&stats.get(&known))
        {
            let entry = Some(known);
            return Some(Arrived { entry, bytes });
        }
        let mut transport = None;
        let mut pairs = None;
        stats.for_each(&mut |entry, id| {
            let (kind, bytes) = (js::property(&entry, "type"), bytes_received(&entry));
            match (kind.and_then(|kind| kind.as_string()).as_deref(), bytes) {
                (Some("transport"), Some(bytes)) => {
                    let entry = Some(id);
                    transport = Some(Arrived { entry, bytes });
                }
                (Some("candidate-pair"), Some(bytes)) => {
                    let sum = pairs.map_or(0, |sum: u64| sum);
                    pairs = Some(sum.saturating_add(bytes));
                }
                _ => {}
            }
        });
        transport.or(pairs.map(|bytes| Arrived { entry: None, bytes }))
    }
}

fn bytes_received(entry: &JsValue) -> Option<u64> {
    let bytes = js::property(entry, "bytesReceived")?.as_f64()?;
    Some(bytes as u64)
}
