//! A listener that lives as long as its value.
//!
//! Invariant: the callback is removed from its target before it is dropped, so the browser never calls a dead one.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget};

/// A listener for one type of event on one target.
pub(crate) struct Listener {
    /// The listener is taken from this target again when dropped.
    target: EventTarget,
    /// The listener hears events of this type.
    event_type: &'static str,
    /// The browser calls this, so it is kept as long as the listener.
    callback: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Listens to `event_type` until dropped. `E` is the interface the specification gives for that type.
    pub(crate) fn new<E: JsCast>(
        target: &EventTarget,
        event_type: &'static str,
        mut react: impl FnMut(E) + 'static,
    ) -> Self {
        let callback =
            Closure::<dyn FnMut(Event)>::new(move |event: Event| react(event.unchecked_into()));
        // Fails only for a callback that is no function.
        drop(
            target.add_event_listener_with_callback(event_type, callback.as_ref().unchecked_ref()),
        );
        Self {
            target: target.clone(),
            event_type,
            callback,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        drop(self.target.remove_event_listener_with_callback(
            self.event_type,
            self.callback.as_ref().unchecked_ref(),
        ));
    }
}
