//! Reading a connection's statistics: each entry crosses from the browser once, as text.

use futures::future::{FutureExt, LocalBoxFuture};
use js_sys::{JSON, Map};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use super::js::Connection;
use super::transceivers;
use crate::protocol::PeerId;
use crate::room::quality::{Report, TrackMap};

/// One reading of a connection.
pub(super) struct Reading {
    /// To whom.
    pub(super) peer: PeerId,
    /// Which of the connections to this person.
    pub(super) generation: u32,
    /// Which media section carries what.
    pub(super) tracks: TrackMap,
    /// The figures; empty when the connection is closed.
    pub(super) report: Report,
}

/// Reads all entries of a connection.
pub(super) fn read(
    connection: &Connection,
    peer: PeerId,
    generation: u32,
) -> LocalBoxFuture<'static, Reading> {
    let tracks = transceivers::slots(connection).into_iter();
    let tracks = tracks.filter_map(|(kind, transceiver)| Some((transceiver.mid()?, kind)));
    let tracks = TrackMap::new(tracks);
    let asked = JsFuture::from(connection.get_stats());
    async move {
        let mut entries: Vec<String> = Vec::new();
        if let Ok(stats) = asked.await {
            stats.unchecked_ref::<Map>().for_each(&mut |entry, _| {
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
