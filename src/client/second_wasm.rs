//! What of the client comes with the second wasm: what is only ever done after the user opened something that is in it.
//!
//! Invariant: whatever names these parts goes through [`parts`], so that none of them is in the first wasm.

use futures::future::LocalBoxFuture;
use futures::{FutureExt, StreamExt};
use leptos::wasm_split::SplitLoaderError;
use web_sys::Window;

use super::browser::timer::Interval;
use super::connection_test;
use super::recorder::Pieces;
use super::rtc::hub::ConnectionShape;
use super::rtc::hub::shape::HubShape;
use super::rtc::transceivers::{self, Sampler};
use crate::room::media::recording::RecordingProblem;
use crate::room::visit::{RULES, SfuRules};
use crate::session::Session;

/// It is fetched for the SFU so long after the page, for what the page itself asks for comes first, and again after each failure;
/// the last stands for all that follow. In ms.
const FETCH_AFTER_MS: [u64; 4] = [250, 1_000, 4_000, 15_000];

/// The ways into it.
pub(super) struct Parts {
    /// Runs a check of the connection from its begin to its end.
    pub(super) check: fn(Window, Session) -> LocalBoxFuture<'static, ()>,
    /// Hands a recording to the browser's downloads, under this name.
    pub(super) hand_over:
        fn(Pieces, String) -> LocalBoxFuture<'static, Result<(), RecordingProblem>>,
    /// What a connection to the SFU takes.
    pub(super) hub: fn() -> HubParts,
}

/// What a connection to the SFU takes.
#[derive(Clone, Copy)]
pub(super) struct HubParts {
    /// The model of it changes by these.
    pub(super) rules: SfuRules,
    /// What lines played last is looked at with this.
    pub(super) sample: Sampler,
    /// The shape of a new connection.
    pub(super) shape: fn() -> Box<dyn HubShape>,
}

/// The parts that stand in the second wasm are reached through these.
const PARTS: Parts = Parts {
    check: |window, session| connection_test::run(window, session).boxed_local(),
    hub: || HubParts {
        rules: RULES,
        sample: transceivers::sample,
        shape: || Box::new(ConnectionShape::default()),
    },
    hand_over: |pieces, name| async move { pieces.hand_over(&name).await }.boxed_local(),
};

/// Fetches the second wasm, if that is not done yet, and hands out the ways into it.
#[cfg(split_wasm)]
#[leptos::wasm_split::wasm_split(later, wasm_split_path = leptos::wasm_split, fallible)]
pub(super) fn parts() -> Result<Parts, SplitLoaderError> {
    Ok(PARTS)
}

/// Where the wasm will not be split, all is in the first.
#[cfg(not(split_wasm))]
pub(super) async fn parts() -> Result<Parts, SplitLoaderError> {
    Ok(PARTS)
}

/// What a connection to the SFU takes, once the second wasm could be fetched: it is tried until it is here.
pub(super) async fn fetch_hub(window: Window) -> HubParts {
    let mut waits = FETCH_AFTER_MS.into_iter();
    let mut wait = 0;
    loop {
        wait = waits.next().unwrap_or(wait);
        Interval::new(&window, wait).next().await;
        if let Ok(parts) = parts().await {
            return (parts.hub)();
        }
    }
}
