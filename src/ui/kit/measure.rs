//! The size of an element, followed as it changes.

use leptos::html::ElementType;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use send_wrapper::SendWrapper;
use web_sys::{Element, ResizeObserver};

/// A number with two digits behind the point, as style sheets read it. The standard formatting of floats would be the larger
/// part of what it is used for.
pub fn decimal(number: f64) -> String {
    let hundredths = (number * 100.0).round() as i64;
    let sign = if hundredths < 0 { "-" } else { "" };
    let hundredths = hundredths.unsigned_abs();
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    let zero = if rest < 10 { "0" } else { "" };
    [sign, &whole.to_string(), ".", zero, &rest.to_string()].concat()
}

/// Width and height in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    /// The element is this wide, in CSS pixels.
    pub width: f64,
    /// The element is this high, in CSS pixels.
    pub height: f64,
}

/// An observer that stops with its owner.
struct Observing {
    /// The observer stops when this is dropped.
    observer: ResizeObserver,
    /// The browser calls this, so it is kept as long as the observer.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_read_as_the_standard_library_writes_them() {
        for number in [0.0, 0.05, 0.5, 1.0, 12.345_6, 1_920.0, -0.4, -3.07, 0.999] {
            assert_eq!(decimal(number), format!("{number:.2}"));
        }
        assert_eq!(decimal(f64::NAN), "0.00");
    }
}
