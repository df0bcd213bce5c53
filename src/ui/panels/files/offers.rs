//! Offers that wait for an answer while the panel of the files is closed.

use leptos::prelude::*;

use crate::room::messaging::files::TransferKey;
use crate::room::{FileAction, VisitAction};
use crate::session::Session;
use crate::session::files::ShownTransfer;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::kit::sentence::isolated;
use crate::ui::open_panels::{Panels, SidePanel};
use crate::ui::words::files;

/// The user is asked this.
#[derive(Clone, Debug, PartialEq)]
struct Question {
    /// The question is about this offer; `None` when it is about several.
    only: Option<TransferKey>,
    /// The question begins with this: who offers something.
    title: String,
    /// The question goes on with this: what is offered, and how large it is.
    text: String,
    /// These names stand in it: of the person and of the file.
    names: [String; 2],
}

fn question(offers: &[ShownTransfer]) -> Option<Question> {
    let (first, more) = offers.split_first()?;
    let person = first.person.as_str();
    if more.is_empty() {
        return Some(Question {
            only: Some(first.key.clone()),
            title: files::one_offer(person),
            text: files::file(&first.file),
            names: [person.to_owned(), first.file.name.to_string()],
        });
    }
    let count = offers.len();
    let bytes = offers.iter().map(|offer| offer.file.size).sum();
    let same = more.iter().all(|offer| offer.key.peer == first.key.peer);
    Some(Question {
        only: None,
        title: if same {
            files::offers_of(person, count)
        } else {
            files::offers(count)
        },
        text: files::in_all(bytes),
        names: [person.to_owned(), String::new()],
    })
}

/// A card above the stage, as long as something waits for an answer.
#[component]
pub fn FileOffers(
    /// The panel of the files shows the offers itself while it is open.
    panels: Panels,
) -> impl IntoView {
    let session = Session::expect();
    let asked = Memo::new(move |_| {
        if panels.side.get() == Some(SidePanel::Files) {
            return None;
        }
        session.files.offers.with(|offers| question(offers))
    });
    let answer = move |action: FileAction| session.ask(VisitAction::Files(action));
    view! {
        <div class="file-offers" role="status">
            {move || {
                asked
                    .get()
                    .map(|Question { only, title, text, names: [person, file] }| {
                        let several = only.is_none();
                        let declined = only.clone();
                        let accept = move |_| {
                            answer(only.clone().map_or(FileAction::AcceptAll, FileAction::Accept));
                            panels.side.set(Some(SidePanel::Files));
                        };
                        let decline = move |_| {
                            answer(declined.clone().map_or(FileAction::DeclineAll, FileAction::Cancel));
                        };
                        view! {
                            <div class="file-offer">
                                <IconView icon=Icon::File/>
                                <p class="file-offer-words">
                                    <strong>{isolated(&title, &[&person])}</strong>
                                    <span>{isolated(&text, &[&file])}</span>
                                </p>
                                <div class="file-offer-acts">
                                    <button type="button" class="button button-small button-primary" on:click=accept>
                                        {if several { files::ACCEPT_ALL } else { files::ACCEPT }}
                                    </button>
                                    <button type="button" class="button button-small" on:click=decline>
                                        {if several { files::DECLINE_ALL } else { files::DECLINE }}
                                    </button>
                                    <button
                                        type="button"
                                        class="button button-small"
                                        on:click=move |_| panels.side.set(Some(SidePanel::Files))
                                    >
                                        {files::SHOW}
                                    </button>
                                </div>
                            </div>
                        }
                    })
            }}
        </div>
    }
}
