//! Where the call passes, and what that means: at the head of a panel.

use leptos::prelude::*;

use crate::protocol::PeerId;
use crate::room::{Call, Passage};
use crate::session::Session;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::words;

/// Where the call passes; nothing while nobody else is there. Tracked.
fn passage(session: Session) -> Memo<Option<Passage>> {
    Memo::new(move |_| {
        session.state.with(|state| {
            let call = state.call().filter(|call| !call.people.is_empty());
            call.map(Call::passage)
        })
    })
}

/// In a few words.
#[component]
pub fn PassageLine() -> impl IntoView {
    let passage = passage(Session::expect());
    move || {
        passage.get().map(|passage| {
            view! {
                <p class="passage-line">
                    <IconView icon=icon(passage)/>
                    {words::passage::passage(passage)}
                </p>
            }
        })
    }
}

/// In a few words, and what they mean.
#[component]
pub fn PassageNote() -> impl IntoView {
    let passage = passage(Session::expect());
    move || {
        passage.get().map(|passage| {
            view! {
                <div class="passage-note">
                    <IconView icon=icon(passage)/>
                    <p>
                        <strong>{words::passage::passage(passage)}</strong>
                        <span>{words::passage::meaning(passage)}</span>
                    </p>
                </div>
            }
        })
    }
}

/// That something one person sends does not arrive over the connection that it should; nothing while all does.
#[component]
pub fn FailingNote(
    /// They send it.
    peer: PeerId,
) -> impl IntoView {
    let session = Session::expect();
    let failing = Memo::new(move |_| {
        session.state.with(|state| {
            let person = state.call().and_then(|call| call.person(&peer));
            person.and_then(|person| person.failing)
        })
    });
    move || {
        failing.get().map(|carrier| {
            view! { <p class="connection-failing">{words::passage::failing(carrier)}</p> }
        })
    }
}

fn icon(passage: Passage) -> Icon {
    match passage {
        Passage::Direct => Icon::Lock,
        Passage::Mixed | Passage::Server => Icon::Server,
    }
}
