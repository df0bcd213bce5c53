//! Forms that work from the first moment: a press before the script has taken over is kept, not lost.
//!
//! Invariant: a form with `data-early` never leaves the page by itself. A press leaves `data-pressed` on it, and hydration
//! takes both marks away and acts once.

use leptos::html;
use leptos::prelude::*;
use leptos::web_sys::SubmitEvent;

/// This runs inline, long before the wasm is there.
pub const EARLY_SCRIPT: &str = r#"document.addEventListener("submit",function(event){var form=event.target;if(form.hasAttribute("data-early")){event.preventDefault();form.setAttribute("data-pressed","")}},true)"#;

/// A form that the script handles. `on_submit` runs with every press, also with one from before hydration.
#[component]
pub fn EarlyForm<C: IntoView + 'static>(
    /// The form has this class.
    class: &'static str,
    /// A press does this.
    on_submit: impl Fn() + Clone + 'static,
    /// An early press waits until this is true; without, it is acted on as soon as the wasm is there.
    #[prop(optional, into)]
    ready: Option<Signal<bool>>,
    /// The form's fields are these.
    children: TypedChildren<C>,
) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let act = on_submit.clone();
    Effect::new(move |acted: Option<bool>| {
        let Some(form) = form.get() else {
            return false;
        };
        drop(form.remove_attribute("data-early"));
        let ready = ready.is_none_or(|ready| ready.get());
        if acted == Some(true) || !form.has_attribute("data-pressed") {
            return acted.unwrap_or_default();
        }
        if ready {
            drop(form.remove_attribute("data-pressed"));
            untrack(&act);
        }
        ready
    });
    view! {
        <form
            node_ref=form
            class=class
            data-early=""
            novalidate
            on:submit=move |event: SubmitEvent| {
                event.prevent_default();
                on_submit();
            }
        >
            {children.into_inner()()}
        </form>
    }
}
