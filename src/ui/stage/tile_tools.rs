//! The small buttons on a tile: pin, and full screen. They show on hover, on focus, and after a tap.
//!
//! Invariant: of all these buttons on the stage Tab reaches one; arrow keys lead to the others.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, MouseEvent};

use crate::room::VisitAction;
use crate::room::stage::{StageAction, TileId};
use crate::session::Session;
use crate::ui::kit::full_screen;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::kit::tab_stop::TabStop;
use crate::ui::words;

/// Pins a tile, or takes the pin out of it.
pub fn toggle_pin(session: Session, tile: &TileId) {
    session.ask(VisitAction::Stage(StageAction::TogglePin(tile.clone())));
}

/// The buttons of one tile.
#[component]
pub fn TileTools(
    /// The tools are of this tile.
    tile: TileId,
    /// The tile is called this in the tools' names.
    name: Signal<String>,
) -> impl IntoView {
    let session = Session::expect();
    let stop = expect_context::<TabStop<TileId>>();
    let tab_index = stop.index(tile.clone());
    let focused = tile.clone();
    let whose = tile.clone();
    let pinned = Memo::new(move |_| session.stage.with(|stage| stage.is_pinned(&whose)));
    let pin_name = move || words::stage::pin(pinned.get(), &name.get());
    let fill = move |event: MouseEvent| {
        let button = event
            .current_target()
            .map(|target| target.unchecked_into::<Element>());
        if let Some(tile) = button.and_then(|button| button.closest(".tile").ok().flatten()) {
            full_screen::toggle(&tile);
        }
    };
    view! {
        // What is pressed here is not a tap on the tile.
        <span
            class="tile-tools"
            on:click=|event| event.stop_propagation()
            on:dblclick=|event| event.stop_propagation()
            on:focusin=move |_| stop.choose(&focused)
        >
            <button
                type="button"
                class="tile-tool"
                aria-label=pin_name
                title=pin_name
                tabindex=tab_index
                data-pinned=move || pinned.get().then_some("")
                on:click=move |_| toggle_pin(session, &tile)
            >
                <IconView icon=Signal::derive(move || {
                    if pinned.get() { Icon::PinOff } else { Icon::Pin }
                })/>
            </button>
            {full_screen::is_supported()
                .then(|| {
                    let words = move || words::stage::full_screen(&name.get());
                    view! {
                        <button
                            type="button"
                            class="tile-tool"
                            aria-label=words
                            title=words::stage::FULL_SCREEN
                            tabindex="-1"
                            on:click=fill
                        >
                            <IconView icon=Icon::Maximize/>
                        </button>
                    }
                })}
        </span>
    }
}
