//! What of the client comes with the second wasm: what is only ever done after the user opened something that is in it.
//!
//! Invariant: whatever names these parts goes through [`parts`], so that none of them is in the first wasm.

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use leptos::wasm_split::SplitLoaderError;
use web_sys::Window;

use super::connection_test;
use super::recorder::Pieces;
use crate::room::media::recording::RecordingProblem;
use crate::session::Session;

/// The ways into it.
pub(super) struct Parts {
    /// Runs a check of the connection from its begin to its end.
    pub(super) check: fn(Window, Session) -> LocalBoxFuture<'static, ()>,
    /// Hands a recording to the browser's downloads, under this name.
    pub(super) hand_over:
        fn(Pieces, String) -> LocalBoxFuture<'static, Result<(), RecordingProblem>>,
}

/// The parts that stand in the second wasm are reached through these.
const PARTS: Parts = Parts {
    check: |window, session| connection_test::run(window, session).boxed_local(),
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
