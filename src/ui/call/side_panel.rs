//! The frame of a panel beside the stage, or above it where there is little room.

use leptos::prelude::*;

use crate::room::Call;
use crate::session::Session;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::part::{Part, PartView};
use crate::ui::kit::tool_button::ToolButton;
use crate::ui::open_panels::{Panels, SidePanel};
use crate::ui::words;

/// A side panel: its title, a button that closes it, and what is in it.
#[component]
pub fn SidePanelFrame(
    /// The frame is shown while its panel is open, and closes it.
    panels: Panels,
    /// The frame is around this panel.
    panel: SidePanel,
) -> impl IntoView {
    let (id, title) = match panel {
        SidePanel::People => ("people", words::call::PEOPLE),
        SidePanel::Chat => ("chat", words::call::CHAT),
        SidePanel::Connection => ("connection", words::call::CONNECTION),
        SidePanel::Files => ("files", words::call::FILES),
    };
    let title_id = format!("{id}-title");
    let count = (panel == SidePanel::People).then(|| {
        let session = Session::expect();
        let count = Memo::new(move |_| {
            session
                .state
                .with(|state| state.call().map_or(0, Call::head_count))
        });
        view! {
            " "
            <span class="panel-count">{move || count.get()}</span>
        }
    });
    view! {
        <aside id=id class="panel" aria-labelledby=title_id>
            <div class="panel-head">
                <h2 id=title_id.clone()>
                    {title}
                    {count}
                </h2>
                <ToolButton
                    name=words::buttons::CLOSE_PANEL
                    icon=Icon::Close
                    class="tool-quiet"
                    on_press=move || panels.side.set(None)
                />
            </div>
            <PartView part=Part::Side(panel, panels)/>
        </aside>
    }
}
