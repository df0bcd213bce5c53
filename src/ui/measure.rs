//! The size of an element, followed as it changes.

use leptos::html::ElementType;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use send_wrapper::SendWrapper;
use web_sys::{Element, ResizeObserver};

/// Width and height in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// An observer that stops with its owner.
struct Observing {
    observer: ResizeObserver,
    _report: Closure<dyn FnMut()>,
}

impl Drop for Observing {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// The inner size of an element, zero until it is on the page.
pub fn inner_size<E>(element: NodeRef<E>) -> Signal<Size>
where
    E: ElementType + 'static,
    E::Output: AsRef<Element> + JsCast + Clone + 'static,
{
    let size = RwSignal::new(Size::default());
    element.on_load(move |element| {
        let element = AsRef::<Element>::as_ref(&element).clone();
        let measured = element.clone();
        let report = Closure::<dyn FnMut()>::new(move || {
            size.set(Size {
                width: f64::from(measured.client_width()),
                height: f64::from(measured.client_height()),
            });
        });
        let Ok(observer) = ResizeObserver::new(report.as_ref().unchecked_ref()) else {
            return;
        };
        observer.observe(&element);
        let observing = SendWrapper::new(Observing {
            observer,
            _report: report,
        });
        on_cleanup(move || drop(observing));
    });
    size.into()
}
