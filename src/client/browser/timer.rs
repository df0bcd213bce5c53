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

use crate::room::Moment;

/// Something that happens once, later.
pub(crate) struct Timeout {
    /// The window set the timer, and clears it.
    window: Window,
    /// The window knows the timer by this; `None` when it could not be set.
    handle: Option<i32>,
    /// The browser calls this, so it is kept as long as the timer.
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

/// Something that rings at a moment that may be moved.
pub(crate) struct Alarm {
    /// The window sets the timer.
    window: Window,
    /// It is set to this moment.
    at: Option<Moment>,
    /// The timer rings at `at`; `None` while the alarm is not set.
    timeout: Option<Timeout>,
    /// The timer rings by sending into this.
    ring: mpsc::Sender<()>,
    /// The alarm is polled here for a ring.
    rings: mpsc::Receiver<()>,
}

impl Alarm {
    /// An alarm that is not set.
    pub(crate) fn new(window: &Window) -> Self {
        let (ring, rings) = mpsc::channel(0);
        Self {
            window: window.clone(),
            at: None,
            timeout: None,
            ring,
            rings,
        }
    }

    /// Sets it to this moment, or takes it back; one that has passed rings at once. It rings once.
    pub(crate) fn set(&mut self, at: Option<Moment>, now: Moment) {
        if self.at == at {
            return;
        }
        self.at = at;
        self.timeout = at.map(|at| {
            let mut ring = self.ring.clone();
            Timeout::new(&self.window, at.since(now), move || {
                drop(ring.try_send(()));
            })
        });
    }

    /// Whether it rang. From then on it is not set.
    pub(crate) fn poll_ring(&mut self, context: &mut Context<'_>) -> Poll<()> {
        match Pin::new(&mut self.rings).poll_next(context) {
            Poll::Ready(_) => {
                self.at = None;
                self.timeout = None;
                Poll::Ready(())
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

/// A stream of beats. Beats that nobody took meanwhile count as one.
pub(crate) struct Interval {
    /// The window set the timer, and clears it.
    window: Window,
    /// The window knows the timer by this; `None` when it could not be set.
    handle: Option<i32>,
    /// Beats arrive here, of which one waits at most.
    beats: mpsc::Receiver<()>,
    /// The browser calls this, so it is kept as long as the beats.
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
