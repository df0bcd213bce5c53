//! Who is inside already, told in the lobby and kept fresh there.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::who_is_inside;
use crate::protocol::{Attendance, DisplayName, RoomName};
use crate::room::RoomState;
use crate::session::Session;
use crate::ui::kit::avatar::Avatar;
use crate::ui::kit::browser_only::BrowserOnly;
use crate::ui::kit::sentence::isolated;
use crate::ui::words;

/// The lobby asks this often, in ms.
const ASKED_EVERY_MS: u64 = 10_000;

/// At most so many faces are shown; the others are counted.
const FACES: usize = 5;

/// Says who is inside, once the server has told.
#[component]
pub fn Inside(
    /// The lobby asks who is in this room.
    room: RoomName,
) -> impl IntoView {
    let session = Session::expect();
    let attendance = RwSignal::new(None::<Attendance>);
    let turn = Memo::new(move |_| session.now().0 / ASKED_EVERY_MS);
    Effect::new(move |_| {
        turn.track();
        if !session
            .state
            .with_untracked(|state| matches!(state, RoomState::Lobby(_)))
        {
            return;
        }
        let room = room.clone();
        spawn_local(async move {
            if let Ok(told) = who_is_inside(room).await {
                // The lobby may be gone by now.
                let known = attendance.try_with_untracked(|known| known.as_ref() == Some(&told));
                if known == Some(false) {
                    attendance.try_set(Some(told));
                }
            }
        });
    });
    let faces = move || {
        attendance.with(|told| {
            let names = told.iter().flat_map(|told| &told.names);
            names
                .take(FACES)
                .map(|name| view! { <Avatar name=name.to_string()/> })
                .collect_view()
        })
    };
    let words = move || {
        attendance.with(|told| {
            told.as_ref().map(|told| {
                let words = words::inside(&told.names, told.devices, told.capacity);
                let names: Vec<&str> = told.names.iter().map(DisplayName::as_str).collect();
                let words = isolated(&words, &names);
                BrowserOnly::new(move || words)
            })
        })
    };
    view! {
        <div class="inside">
            <span class="inside-faces" aria-hidden="true">
                {faces}
            </span>
            <p role="status">{words}</p>
        </div>
    }
}
