//! The button that chooses files to send.

use leptos::html;
use leptos::prelude::*;
use leptos::web_sys::FileList;
use send_wrapper::SendWrapper;

use crate::room::messaging::recipients::Recipients;
use crate::session::files::PickedFiles;
use crate::session::{Action, Session};
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::open_panels::{Panels, SidePanel};
use crate::ui::panels::recipients::AudienceChoice;
use crate::ui::words;

/// Offers the files of a list.
pub(crate) fn offer(session: Session, list: Option<FileList>, to: Recipients) {
    let Some(list) = list.filter(|list| list.length() > 0) else {
        return;
    };
    let files = (0..list.length()).filter_map(|index| list.get(index));
    session.ask(Action::OfferFiles {
        files: PickedFiles(SendWrapper::new(files.collect())),
        to,
    });
}

/// A button that opens the browser's picker and offers what is chosen there.
#[component]
pub fn FilePicker(
    /// The panel of the files opens with the first one sent.
    panels: Panels,
    /// The files go to those who are chosen here.
    choice: AudienceChoice,
    /// The button has this class.
    class: &'static str,
    /// The button says this; without, it shows its icon alone.
    #[prop(optional)]
    words: &'static str,
) -> impl IntoView {
    let session = Session::expect();
    let input = NodeRef::<html::Input>::new();
    let choose = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let chosen = move |_| {
        if let Some(input) = input.get_untracked() {
            offer(session, input.files(), untrack(|| choice.recipients()));
            panels.side.set(Some(SidePanel::Files));
            // So that the same file can be chosen again.
            input.set_value("");
        }
    };
    view! {
        <button type="button" class=class aria-label=words::files::SEND_A_FILE on:click=choose>
            <IconView icon=Icon::Attach/>
            {words}
        </button>
        <input node_ref=input type="file" multiple hidden tabindex="-1" aria-hidden="true" on:change=chosen/>
    }
}
