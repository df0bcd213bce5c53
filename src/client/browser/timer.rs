//! Timeouts and intervals that end with their value.
//!
//! Invariant: a dropped timer never fires.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures::Stream;
use futures::channel::mpsc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::Window;

/// Something that happens once, later.
pub(crate) struct Timeout {
    window: Window,
    handle: Option<i32>,
    _callback: Closure<dyn FnMut()>,
}

impl Timeout {
    /// Calls `act` after `ms`, unless dropped before.
    pub(crate) fn new(window: &Window, ms: u64, act: impl FnMut() + 'static) -> Self {
        let callback = Closure::<dyn FnMut()>::new(act);
        let handle = window
            .set_timeout_with_callback_and_timeout_and_arguments_0(
                callback.as_ref().unchecked_ref(),
                clamped(ms),
            )
            .ok();
        Self {
            window: window.clone(),
            handle,
            _callback: callback,
        }
    }
}

impl Drop for Timeout {
    fn drop(&mut self) {
        if let Some(handle) = self.handle {
            self.window.clear_timeout_with_handle(handle);
        }
    }
}

/// A stream of beats. Beats that nobody took meanwhile count as one.
pub(crate) struct Interval {
    window: Window,
    handle: Option<i32>,
    beats: mpsc::Receiver<()>,
    _callback: Closure<dyn FnMut()>,
}

impl Interval {
    /// A beat every `ms`; the browser makes it slower in a hidden page.
    pub(crate) fn new(window: &Window, ms: u64) -> Self {
        let (mut sender, beats) = mpsc::channel(0);
        let callback = Closure::<dyn FnMut()>::new(move || drop(sender.try_send(())));
        let handle = window
            .set_interval_with_callback_and_timeout_and_arguments_0(
                callback.as_ref().unchecked_ref(),
                clamped(ms),
            )
            .ok();
        Self {
            window: window.clone(),
            handle,
            beats,
            _callback: callback,
        }
    }
}

impl Stream for Interval {
    type Item = ();

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<()>> {
        Pin::new(&mut self.beats).poll_next(context)
    }
}

impl Drop for Interval {
    fn drop(&mut self) {
        if let Some(handle) = self.handle {
            self.window.clear_interval_with_handle(handle);
        }
    }
}

fn clamped(ms: u64) -> i32 {
    i32::try_from(ms).unwrap_or(i32::MAX)
}
