//! How the stage is arranged, chosen in a dialog.

use leptos::prelude::*;

use crate::room::stage::{Layout, LayoutMode, StageAction};
use crate::room::{Switch, VisitAction};
use crate::session::Session;
use crate::ui::words;

/// The user chooses among these layouts, each with its name and what it is like.
const LAYOUTS: [(Layout, &str, &str); 2] = [
    (
        Layout::Grid,
        words::settings::GRID,
        words::settings::GRID_WORDS,
    ),
    (
        Layout::Speaker,
        words::settings::SPEAKER,
        words::settings::SPEAKER_WORDS,
    ),
];

/// The choice of a layout, in its dialog.
#[component]
pub fn LayoutChoices() -> impl IntoView {
    let session = Session::expect();
    let chosen = Memo::new(move |_| session.stage.with(|stage| stage.layout()));
    let pinned = Memo::new(move |_| {
        session
            .stage
            .with(|stage| matches!(stage.mode(), LayoutMode::Pinned(_)))
    });
    let self_view = Memo::new(move |_| session.stage.with(|stage| stage.self_view() == Switch::On));
    let layouts = LAYOUTS
        .into_iter()
        .map(|(layout, name, words)| {
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name="layout"
                        prop:checked=move || chosen.get() == layout
                        on:change=move |_| session.ask(VisitAction::Stage(StageAction::Arrange(layout)))
                    />
                    <span>
                        <strong>{name}</strong>
                        <small>{words}</small>
                    </span>
                </label>
            }
        })
        .collect_view();
    let set_self_view = move |_| {
        let shown = if self_view.get_untracked() {
            Switch::Off
        } else {
            Switch::On
        };
        session.ask(VisitAction::Stage(StageAction::SetSelfView(shown)));
    };
    view! {
        <div class="choices">
            <fieldset class="choices" aria-label=words::settings::ARRANGE_PEOPLE>
                {layouts}
            </fieldset>
            <label class="choice">
                <input type="checkbox" prop:checked=self_view on:change=set_self_view/>
                <span>
                    <strong>{words::settings::SELF_VIEW}</strong>
                    <small>{words::settings::SELF_VIEW_WORDS}</small>
                </span>
            </label>
            {move || {
                pinned
                    .get()
                    .then(|| {
                        view! {
                            <p class="choices-note">
                                {words::settings::PINNED}
                            </p>
                        }
                    })
            }}
        </div>
    }
}
