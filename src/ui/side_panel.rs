//! The frame of a panel beside the stage, or above it where there is little room.

use leptos::prelude::*;

use super::icon::Icon;
use super::panels::Panels;
use super::tool_button::ToolButton;

/// A side panel: its title, a button that closes it, and what is in it.
#[component]
pub fn SidePanelFrame<C: IntoView + 'static>(
    /// Which panels are open.
    panels: Panels,
    /// Its id; the title's is derived from it.
    id: &'static str,
    /// Its title.
    title: &'static str,
    /// How many things it lists, shown beside the title.
    #[prop(optional, into)]
    count: Option<Signal<usize>>,
    /// What is in it.
    children: TypedChildren<C>,
) -> impl IntoView {
    let title_id = format!("{id}-title");
    view! {
        <aside id=id class="panel" aria-labelledby=title_id>
            <div class="panel-head">
                <h2 id=title_id.clone()>
                    {title}
                    {count
                        .map(|count| {
                            view! {
                                " "
                                <span class="panel-count">{move || count.get()}</span>
                            }
                        })}
                </h2>
                <ToolButton
                    name="Close panel"
                    icon=Icon::Close
                    class="tool-quiet"
                    on_press=move || panels.side.set(None)
                />
            </div>
            {children.into_inner()()}
        </aside>
    }
}
