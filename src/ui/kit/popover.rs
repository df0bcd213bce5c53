//! Small menus above a button, on the browser's own popovers: a press elsewhere and Escape close them, and focus returns. Arrow
//! keys lead from line to line.

use leptos::prelude::*;

use super::icon::{Icon, IconView};

/// A popover. The button that opens it names its id as `popovertarget`.
#[component]
pub fn Popover<C: IntoView + 'static>(
    /// A button opens the popover by this id.
    id: &'static str,
    /// Screen readers call the popover this.
    label: &'static str,
    /// The popover has this class beside its own.
    #[prop(optional)]
    class: &'static str,
    /// This is in it.
    children: TypedChildren<C>,
) -> impl IntoView {
    view! {
        <div id=id class=format!("popover {class}") popover="auto" role="group" aria-label=label data-arrows="">
            {children.into_inner()()}
        </div>
    }
}

/// One line of a menu: closes the popover it is in, and acts.
#[component]
pub fn MenuItem(
    /// The item is in this popover, which a press closes.
    popover: &'static str,
    /// Screen readers and tests see exactly this name.
    #[prop(into)]
    name: Signal<&'static str>,
    /// This icon stands before the name.
    #[prop(into)]
    icon: Signal<Icon>,
    /// These keys do the same, as in "Ctrl+D".
    #[prop(optional)]
    keys: &'static str,
    /// The item has this class beside its own; `menu-narrow` shows it only where the toolbar has no room for the same
    /// button.
    #[prop(optional)]
    class: &'static str,
    /// A press does this.
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
