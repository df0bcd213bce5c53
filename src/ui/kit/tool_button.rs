//! The round buttons of the lobby and the toolbar.

use leptos::prelude::*;

use super::icon::{Icon, IconView};

/// A button has one of these looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// The button looks as usual.
    #[default]
    Plain,
    /// Something is off that is often on.
    Off,
    /// Something is on that is often off.
    Active,
    /// Something does not work.
    Trouble,
}

impl Tone {
    const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Off => "off",
            Self::Active => "active",
            Self::Trouble => "trouble",
        }
    }
}

/// A button with an icon, a name for screen readers and a tooltip for everyone else.
#[component]
pub fn ToolButton(
    /// Screen readers and tests see exactly this name.
    #[prop(into)]
    name: Signal<&'static str>,
    /// This icon is on the button.
    #[prop(into)]
    icon: Signal<Icon>,
    /// The button has this look.
    #[prop(optional, into)]
    tone: Signal<Tone>,
    /// These keys do the same, as in "Ctrl+D".
    #[prop(optional)]
    keys: &'static str,
    /// The tooltip tells this further way to do the same.
    #[prop(optional, into)]
    hint: Signal<&'static str>,
    /// The button has this class beside its own.
    #[prop(optional)]
    class: &'static str,
    /// This count stands in its corner when there is one. It is drawn by the style sheet, like the keys: neither is a
    /// part of the name.
    #[prop(optional, into)]
    count: Signal<Option<usize>>,
    /// What the button opens is open while this is true; `None` for buttons that open nothing.
    #[prop(optional, into)]
    expanded: Option<Signal<bool>>,
    /// What the button opens has this id.
    #[prop(optional)]
    controls: &'static str,
    /// The popover that the button opens has this id; `None` for buttons that open none.
    #[prop(optional)]
    popover: Option<&'static str>,
    /// A press does this.
    on_press: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=format!("tool {class}")
            data-tone=move || tone.get().name()
            aria-label=move || name.get()
            aria-keyshortcuts=(!keys.is_empty()).then(|| keys.replace("Ctrl", "Control"))
            aria-expanded=move || expanded.map(|open| if open.get() { "true" } else { "false" })
            aria-controls=move || {
                expanded.filter(|open| open.get()).and((!controls.is_empty()).then_some(controls))
            }
            popovertarget=popover
            on:click=move |_| on_press()
        >
            <IconView icon/>
            <span class="tool-count" data-count=move || count.get()></span>
            <span class="tooltip" aria-hidden="true">
                {move || name.get()}
                {(!keys.is_empty()).then(|| view! { <span class="tooltip-keys" data-keys=keys></span> })}
                <span class="tooltip-hint">{move || hint.get()}</span>
            </span>
        </button>
    }
}
