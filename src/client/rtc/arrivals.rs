//! Counting what arrives on a connection.
//!
//! Invariant: that something was played is cheap to see; the statistics, which also know of what is not played, are asked only
//! when nothing was, and one question at a time.

use futures::future::{FutureExt, LocalBoxFuture};
use wasm_bindgen::JsValue;

use super::stats::{self, Arrived};
use super::transceivers;
use crate::client::browser::js::Connection;

/// How far counting is.
#[derive(Default)]
pub(super) struct ArrivalCount {
    /// Something was last played then, in ms since the Epoch.
    played: f64,
    /// So often there was something new.
    count: u64,
    /// This entry of the statistics counts bytes, once it was found: looking at all of them is dear.
    entry: Option<JsValue>,
    /// The statistics counted so many bytes, if they were the last that was looked at.
    bytes: Option<u64>,
    /// The statistics were asked and have not answered yet.
    under_way: bool,
}

/// What beginning to count came to.
pub(super) enum CountBegun {
    /// The count before is still under way.
    NotNow,
    /// Something was played: so often there was something new.
    Known(u64),
    /// The statistics are asked; the answer belongs to [`ArrivalCount::end`].
    Asked(LocalBoxFuture<'static, Option<Arrived>>),
}

impl ArrivalCount {
    /// Counts what arrived on this connection.
    pub(super) fn begin(&mut self, connection: &Connection) -> CountBegun {
        if self.under_way {
            return CountBegun::NotNow;
        }
        let played = transceivers::last_played(connection);
        if played > self.played {
            self.played = played;
            self.bytes = None;
            self.count += 1;
            return CountBegun::Known(self.count);
        }
        self.under_way = true;
        let counting = stats::count_arrivals(connection, self.entry.clone());
        CountBegun::Asked(counting.boxed_local())
    }

    /// Takes the answer of the statistics. The first figure after something was played, or of another path, has nothing to be
    /// compared with and tells nothing.
    pub(super) fn end(&mut self, arrived: Option<Arrived>) -> Option<u64> {
        self.under_way = false;
        let Arrived { entry, bytes } = arrived?;
        self.entry = entry;
        let before = self.bytes.replace(bytes)?;
        if before > bytes {
            return None;
        }
        self.count += u64::from(bytes > before);
        Some(self.count)
    }
}
