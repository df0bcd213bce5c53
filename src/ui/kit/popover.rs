//! Small menus above a button, on the browser's own popovers: a press elsewhere and Escape close them, and focus returns.

use leptos::prelude::*;

use super::icon::{Icon, IconView};

/// A popover. The button that opens it names its id as `popovertarget`.
#[component]
pub fn Popover<C: IntoView + 'static>(
    /// Its id.
    id: &'static str,
    /// Its name for screen readers.
    label: &'static str,
    /// A further class.
    #[prop(optional)]
    class: &'static str,
    /// What is in it.
    children: TypedChildren<C>,
) -> impl IntoView {
    view! {
        <div id=id class=format!("popover {class}") popover="auto" role="group" aria-label=label>
            {children.into_inner()()}
        </div>
    }
}

/// One line of a menu: closes the popover it is in, and acts.
#[component]
pub fn MenuItem(
    /// The popover it is in.
    popover: &'static str,
    /// Its name, exactly as screen readers and tests see it.
    #[prop(into)]
    name: Signal<&'static str>,
    /// Its icon.
    #[prop(into)]
    icon: Signal<Icon>,
    /// The keys that do the same, as in "Ctrl+D".
    #[prop(optional)]
    keys: &'static str,
    /// A further class; `menu-narrow` shows it only where the toolbar has no room for the same button.
    #[prop(optional)]
    class: &'static str,
    /// What a press does.
    on_press: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=format!("menu-item {class}")
            popovertarget=popover
            popovertargetaction="hide"
            aria-label=move || name.get()
            aria-keyshortcuts=(!keys.is_empty()).then(|| keys.replace("Ctrl", "Control"))
            on:click=move |_| on_press()
        >
            <IconView icon/>
            <span class="menu-name">{move || name.get()}</span>
            {(!keys.is_empty()).then(|| view! { <span class="menu-keys" aria-hidden="true">{keys}</span> })}
        </button>
    }
}
