//! Keeps the screen on during a call (W3C Screen Wake Lock), where the browser can.
//!
//! Invariant: a lock is held or asked for only while wanted; the browser takes it away from a hidden page, and it is
//! asked for anew when the page is seen again.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::future::{FutureExt, LocalBoxFuture};
use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Window;

use super::js;

/// The wish for a lock, and the lock if there is one.
#[derive(Default)]
pub(crate) struct WakeLock {
    /// The lock is wanted: one that is granted after the wish has gone is released at once.
    wanted: Rc<Cell<bool>>,
    /// The lock is this `WakeLockSentinel`; `None` while there is none.
    sentinel: Rc<RefCell<Option<JsValue>>>,
}

impl WakeLock {
    /// Asks for the lock if there is none; a refusal, as for a low battery, is accepted.
    pub(crate) fn acquire(&self, window: &Window) -> Option<LocalBoxFuture<'static, ()>> {
        self.wanted.set(true);
        if self.is_held() {
            return None;
        }
        let locks = js::property(&window.navigator(), "wakeLock")?;
        let asking: Promise = js::call(&locks, "request", &"screen".into())?.unchecked_into();
        let (wanted, held) = (self.wanted.clone(), self.sentinel.clone());
        let acquiring = async move {
            if let Ok(sentinel) = JsFuture::from(asking).await {
                if wanted.get() {
                    release(held.replace(Some(sentinel)));
                } else {
                    release(Some(sentinel));
                }
            }
        };
        Some(acquiring.boxed_local())
    }

    /// Wants it no more.
    pub(crate) fn release(&self) {
        self.wanted.set(false);
        release(self.sentinel.take());
    }

    /// Whether it is wanted.
    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted.get()
    }

    fn is_held(&self) -> bool {
        let released = |sentinel: &JsValue| js::property(sentinel, "released");
        self.sentinel
            .borrow()
            .as_ref()
            .is_some_and(|sentinel| released(sentinel).is_some_and(|released| released.is_falsy()))
    }
}

impl Drop for WakeLock {
    fn drop(&mut self) {
        self.release();
    }
}

fn release(sentinel: Option<JsValue>) {
    if let Some(sentinel) = sentinel {
        drop(js::call(&sentinel, "release", &JsValue::UNDEFINED));
    }
}
