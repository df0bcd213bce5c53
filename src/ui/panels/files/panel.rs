//! The panel with all files of the call.

use leptos::prelude::*;

use super::card::TransferCard;
use super::picker::FilePicker;
use crate::room::{FileAction, VisitAction};
use crate::session::Session;
use crate::ui::kit::browser_only::BrowserOnly;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::open_panels::Panels;
use crate::ui::panels::recipients::{AudienceChoice, AudienceMenu};
use crate::ui::words;

/// What is in the panel.
#[component]
pub fn FilesPanel(
    /// The picker needs them: this panel opens with the first file sent, wherever that was picked.
    panels: Panels,
) -> impl IntoView {
    let session = Session::expect();
    let choice = AudienceChoice::everyone(session);
    let rows = session.files.rows;
    let none = Memo::new(move |_| rows.with(Vec::is_empty));
    let alone = Memo::new(move |_| choice.is_alone());
    let many_offers = Memo::new(move |_| session.files.offers.with(Vec::len) > 1);
    let many_unsaved = Memo::new(move |_| session.files.unsaved.get() > 1);
    let ask = move |action: FileAction| session.ask(VisitAction::Files(action));
    view! {
        {move || {
            if none.get() {
                BrowserOnly::new(|| {
                    view! {
                        <div class="files-none">
                            <IconView icon=Icon::File/>
                            <p>
                                {words::files::NO_FILES}
                            </p>
                        </div>
                    }
                })
            } else {
                BrowserOnly::new(move || view! {
                    <ul class="transfers" aria-label=words::files::FILES aria-live="polite" aria-relevant="additions">
                        <For each=move || rows.get() key=|row| row.key.clone() let:row>
                            <TransferCard row/>
                        </For>
                    </ul>
                })
            }
        }}
        <div class="files-foot">
            <div class="files-all">
                {move || {
                    many_offers
                        .get()
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="button button-small button-primary"
                                    on:click=move |_| ask(FileAction::AcceptAll)
                                >
                                    {words::files::ACCEPT_ALL}
                                </button>
                                <button
                                    type="button"
                                    class="button button-small"
                                    on:click=move |_| ask(FileAction::DeclineAll)
                                >
                                    {words::files::DECLINE_ALL}
                                </button>
                            }
                        })
                }}
                {move || {
                    many_unsaved
                        .get()
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="button button-small button-primary"
                                    on:click=move |_| ask(FileAction::SaveAll)
                                >
                                    {words::files::SAVE_ALL}
                                </button>
                            }
                        })
                }}
                {move || {
                    (!none.get())
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="button button-small"
                                    on:click=move |_| ask(FileAction::DismissAll)
                                >
                                    {words::files::CLEAR_FINISHED}
                                </button>
                            }
                        })
                }}
            </div>
            {move || {
                if alone.get() {
                    BrowserOnly::new(|| view! { <p class="files-alone">{words::files::NOBODY}</p> })
                } else {
                    BrowserOnly::new(move || view! {
                        <div class="files-send">
                            <AudienceMenu choice label=words::people::SEND_TO/>
                            <FilePicker panels choice class="button button-primary" words=words::files::SEND_A_FILE/>
                        </div>
                    })
                }
            }}
        </div>
    }
}
