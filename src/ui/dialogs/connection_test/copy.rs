//! Copying the report, with addresses or without.

use leptos::prelude::*;

use crate::room::Notice;
use crate::session::{Action, Session};
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::words;
use crate::ui::words::connection_report::{Addresses, report};

/// The button, and the choice beside it.
#[component]
pub fn CopyReport(
    /// While the check is not over there is nothing to copy yet.
    running: Memo<bool>,
) -> impl IntoView {
    let session = Session::expect();
    let included = RwSignal::new(false);
    let told = RwSignal::new(None::<String>);
    // Passing notices would lie behind the dialog, and wait for the call where there is none yet.
    Effect::new(move |_| {
        let answer = session.notices.with(|notices| {
            let mut notices = notices.iter();
            notices
                .find(|shown| matches!(shown.notice, Notice::Copied | Notice::NotCopied))
                .and_then(|shown| Some((shown.id, words::notice(&shown.notice)?.into_owned())))
        });
        if let Some((id, words)) = answer {
            session.dismiss(id);
            told.set(Some(words));
        }
    });
    let copy = move |_| {
        told.set(None);
        let addresses = if included.get_untracked() {
            Addresses::Included
        } else {
            Addresses::Omitted
        };
        let text = session
            .check
            .with_untracked(|check| report(check, addresses));
        session.ask(Action::CopyText(text));
    };
    view! {
        <div class="check-copy">
            <button
                type="button"
                class="button button-small"
                disabled=move || running.get()
                on:click=copy
            >
                <IconView icon=Icon::Copy/>
                {words::check::COPY_REPORT}
            </button>
            <label class="check-addresses">
                <input
                    type="checkbox"
                    prop:checked=included
                    on:change=move |_| included.update(|included| *included = !*included)
                />
                {words::check::WITH_ADDRESSES}
            </label>
            <p class="check-told" role="status">{move || told.get()}</p>
        </div>
    }
}
