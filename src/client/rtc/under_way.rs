//! What the browser works on for one connection.

use futures::future::{FutureExt, LocalBoxFuture};
use futures::stream::FuturesUnordered;
use wasm_bindgen_futures::JsFuture;

use super::stats::Arrived;
use crate::room::{Awaited, PeerEvent};

/// Everything under way for a connection; dropping it gives all of it up.
pub(crate) type UnderWay = FuturesUnordered<LocalBoxFuture<'static, Ended>>;

/// What something under way ended with.
pub(crate) enum Ended {
    /// An operation ended; the model waits for it.
    Operation(PeerEvent),
    /// A track is attached. Meanwhile another may be wanted.
    Attached,
    /// So much arrived until now.
    Counted(Option<Arrived>, Awaited),
    /// Nobody waits for what ended.
    Quietly,
}

impl Ended {
    /// What nobody waits for, until it has ended.
    pub(super) fn quietly(promise: JsFuture) -> LocalBoxFuture<'static, Self> {
        promise.map(|_| Self::Quietly).boxed_local()
    }
}
