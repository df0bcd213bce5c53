//! What of oneself others get: whether this computer's address shows in the call, and whether the own media may go through the server. A
//! switch where there is a choice, a word where there is none.

use leptos::prelude::*;

use crate::room::{AddressChoice, AddressPrivacy, ServerMedia, VisitAction};
use crate::session::Session;
use crate::ui::kit::has_sfu::HasSfu;
use crate::ui::kit::switch_row::SwitchRow;
use crate::ui::words;

/// The switch of the address.
#[component]
pub fn AddressSwitch() -> impl IntoView {
    let session = Session::expect();
    let choice = Memo::new(move |_| {
        session
            .state
            .with(|state| state.call().map(|call| call.address_choice()))
    });
    let hidden = Memo::new(move |_| {
        session
            .preferences
            .with(|preferences| preferences.address == AddressPrivacy::Hidden)
    });
    let flip = move |()| {
        session.ask(VisitAction::SetAddressPrivacy(if hidden.get_untracked() {
            AddressPrivacy::Shown
        } else {
            AddressPrivacy::Hidden
        }));
    };
    move || match choice.get()? {
        AddressChoice::Free => Some(
            view! {
                <SwitchRow
                    name=words::settings::HIDE_ADDRESS
                    words=words::settings::HIDE_ADDRESS_WORDS
                    on=hidden
                    on_press=Callback::new(flip)
                />
            }
            .into_any(),
        ),
        AddressChoice::HiddenForAll => note(words::settings::HIDDEN_FOR_ALL),
        AddressChoice::NoRelay => hidden
            .get()
            .then(|| note(words::settings::NO_RELAY))
            .flatten(),
    }
}

/// The switch of the own media, where the server could get any.
#[component]
pub fn ServerMediaSwitch() -> impl IntoView {
    let session = Session::expect();
    let never = Memo::new(move |_| {
        session
            .preferences
            .with(|preferences| preferences.server_media == ServerMedia::Never)
    });
    let flip = move |()| {
        session.ask(VisitAction::SetServerMedia(if never.get_untracked() {
            ServerMedia::Allowed
        } else {
            ServerMedia::Never
        }));
    };
    HasSfu::expect().then(|| {
        view! {
            <SwitchRow
                name=words::settings::SERVER_NEVER
                words=words::settings::SERVER_NEVER_WORDS
                on=never
                on_press=Callback::new(flip)
            />
        }
    })
}

fn note(words: &'static str) -> Option<AnyView> {
    Some(view! { <p class="choices-note">{words}</p> }.into_any())
}
