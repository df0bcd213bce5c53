//! The round buttons of the lobby and the toolbar.

use leptos::prelude::*;

use super::icon::{Icon, IconView};

/// How a button looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// As usual.
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
    /// Its name, exactly as screen readers and tests see it.
    #[prop(into)]
    name: Signal<&'static str>,
    /// Its icon.
    #[prop(into)]
    icon: Signal<Icon>,
    /// Its look.
    #[prop(optional, into)]
    tone: Signal<Tone>,
    /// The keys that do the same, as in "Ctrl+D".
    #[prop(optional)]
    keys: &'static str,
    /// A further way to do the same, told in the tooltip.
    #[prop(optional, into)]
    hint: Signal<&'static str>,
    /// A further class.
    #[prop(optional)]
    class: &'static str,
    /// A count in its corner, shown when there is one. It is drawn by the style sheet, like the keys: neither is a part of
    /// the name.
    #[prop(optional, into)]
    count: Signal<Option<usize>>,
    /// Whether what it opens is open, for buttons that open something.
    #[prop(optional, into)]
    expanded: Option<Signal<bool>>,
    /// The id of what it opens.
    #[prop(optional)]
    controls: &'static str,
    /// The id of the popover it opens.
    #[prop(optional)]
    popover: Option<&'static str>,
    /// What a press does.
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
