//! Waiting, within limits.

use std::pin::pin;

use futures::StreamExt;
use futures::future::{Either, select};
use web_sys::Window;

use crate::client::browser::timer::Interval;

/// Waits so many ms.
pub(super) async fn pause(window: &Window, ms: u64) {
    Interval::new(window, ms).next().await;
}

/// What the future resolves to within so many ms; `None` when that takes longer.
pub(super) async fn within<T>(
    window: &Window,
    ms: u64,
    future: impl Future<Output = T>,
) -> Option<T> {
    match select(pin!(future), pin!(pause(window, ms))).await {
        Either::Left((value, _)) => Some(value),
        Either::Right(_) => None,
    }
}
