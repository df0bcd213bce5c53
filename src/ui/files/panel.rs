//! The panel with all files of the call.

use leptos::prelude::*;

use crate::protocol::PeerId;
use crate::room::audience::Audience;
use crate::session::files::FileWish;
use crate::session::{Session, Wish};
use crate::ui::fresh::Fresh;
use crate::ui::icon::{Icon, IconView};
use crate::ui::panels::Panels;
use crate::ui::side_panel::SidePanelFrame;

use super::card::TransferCard;
use super::picker::FilePicker;

/// Who is here, by id and name.
pub(super) fn people(session: Session) -> Memo<Vec<(PeerId, String)>> {
    Memo::new(move |_| {
        session.state.with(|state| {
            state.call().map_or_else(Vec::new, |call| {
                call.people
                    .iter()
                    .map(|person| (person.id.clone(), person.name.to_string()))
                    .collect()
            })
        })
    })
}

/// The panel, beside the stage or above it where there is little room.
#[component]
pub fn FilesPanel(
    /// Which panels are open.
    panels: Panels,
) -> impl IntoView {
    let session = Session::expect();
    let people = people(session);
    let chosen = RwSignal::new(None::<PeerId>);
    // Somebody who left is nobody to send to.
    let to = Memo::new(move |_| {
        let chosen = chosen.get();
        people.with(|people| {
            chosen
                .filter(|chosen| people.iter().any(|(id, _)| id == chosen))
                .map_or(Audience::Everyone, Audience::Person)
        })
    });
    let choose = move |index: String| {
        let index: Option<usize> = index.parse().ok();
        chosen.set(index.and_then(|index| {
            people.with_untracked(|people| people.get(index).map(|(id, _)| id.clone()))
        }));
    };
    let rows = session.files.rows;
    let none = Memo::new(move |_| rows.with(Vec::is_empty));
    let alone = Memo::new(move |_| people.with(Vec::is_empty));
    let many_offers = Memo::new(move |_| session.files.offers.with(Vec::len) > 1);
    let many_unsaved = Memo::new(move |_| session.files.unsaved.get() > 1);
    let wish = move |wish: FileWish| session.wish(Wish::Files(wish));
    view! {
        <SidePanelFrame panels id="files" title="Files">
            {move || {
                if none.get() {
                    Fresh::new(|| {
                        view! {
                            <div class="files-none">
                                <IconView icon=Icon::File/>
                                <p>
                                    "Send files straight from your browser to theirs: drop them onto the call, or choose them below."
                                </p>
                            </div>
                        }
                    })
                } else {
                    Fresh::new(move || view! {
                        <ul class="transfers" aria-label="Files" aria-live="polite" aria-relevant="additions">
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
                                        on:click=move |_| wish(FileWish::AcceptAll)
                                    >
                                        "Accept all"
                                    </button>
                                    <button
                                        type="button"
                                        class="button button-small"
                                        on:click=move |_| wish(FileWish::DeclineAll)
                                    >
                                        "Decline all"
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
                                        on:click=move |_| wish(FileWish::SaveAll)
                                    >
                                        "Save all"
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
                                        on:click=move |_| wish(FileWish::DismissAll)
                                    >
                                        "Clear finished"
                                    </button>
                                }
                            })
                    }}
                </div>
                {move || {
                    if alone.get() {
                        Fresh::new(|| view! { <p class="files-alone">"Nobody else is here to send a file to."</p> })
                    } else {
                        Fresh::new(move || view! {
                            <div class="files-send">
                                <div class="select">
                                    <IconView icon=Icon::Users/>
                                    <select
                                        class="field"
                                        aria-label="Send to"
                                        on:change=move |event| choose(event_target_value(&event))
                                    >
                                        <option value="">"Everyone"</option>
                                        {move || {
                                            people
                                                .get()
                                                .into_iter()
                                                .enumerate()
                                                .map(|(index, (id, name))| {
                                                    let selected = to.get_untracked() == Audience::Person(id);
                                                    view! {
                                                        <option value=index.to_string() selected=selected>
                                                            {name}
                                                        </option>
                                                    }
                                                })
                                                .collect_view()
                                        }}
                                    </select>
                                </div>
                                <FilePicker to class="button button-primary" words="Send a file"/>
                            </div>
                        })
                    }
                }}
            </div>
        </SidePanelFrame>
    }
}
