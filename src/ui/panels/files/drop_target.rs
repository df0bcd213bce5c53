//! Where files can be dropped while they are dragged over the call.
//!
//! Invariant: nothing dropped anywhere on the page ever leaves the call: the browser would open it in place of the page.

use leptos::ev;
use leptos::prelude::*;
use leptos::web_sys::DragEvent;

use super::picker::offer;
use crate::room::messaging::recipients::Recipients;
use crate::session::Session;
use crate::ui::kit::browser_only::BrowserOnly;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::open_panels::{Panels, SidePanel};
use crate::ui::panels::recipients::AudienceChoice;
use crate::ui::words;

fn carries_files(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|data| {
        data.types()
            .iter()
            .any(|kind| kind.as_string().as_deref() == Some("Files"))
    })
}

/// Covers the call while files are dragged over it: one field for everyone, and one for each person.
#[component]
pub fn DropTarget(
    /// The panel of the files opens with the first one dropped.
    panels: Panels,
) -> impl IntoView {
    let session = Session::expect();
    let choice = AudienceChoice::everyone(session);
    let dragging = RwSignal::new(false);
    let over = window_event_listener(ev::dragover, move |event| {
        if carries_files(&event) {
            event.prevent_default();
            if let Some(data) = event.data_transfer() {
                data.set_drop_effect("copy");
            }
            if !dragging.get_untracked() {
                dragging.set(true);
            }
        }
    });
    let left = window_event_listener(ev::dragleave, move |event| {
        if event.related_target().is_none() {
            dragging.set(false);
        }
    });
    let dropped = window_event_listener(ev::drop, move |event| {
        if carries_files(&event) {
            event.prevent_default();
            dragging.set(false);
        }
    });
    on_cleanup(move || {
        over.remove();
        left.remove();
        dropped.remove();
    });
    let take = move |event: DragEvent, to: Recipients| {
        let files = event.data_transfer().and_then(|data| data.files());
        offer(session, files, to);
        panels.side.set(Some(SidePanel::Files));
    };
    let field = move |to: Recipients, icon: Icon, name: String| {
        view! {
            <div class="drop-field" on:drop=move |event| take(event, to.clone())>
                <IconView icon/>
                <span dir="auto">{name}</span>
            </div>
        }
    };
    move || {
        dragging.get().then(|| {
            let people = choice.people();
            let everyone = match people.len() {
                0 => {
                    return BrowserOnly::new(|| {
                        view! {
                            <div class="drop">
                                <p class="drop-words">{words::files::NOBODY}</p>
                            </div>
                        }
                    });
                }
                1 => None,
                _ => Some((
                    Recipients::Everyone,
                    Icon::Users,
                    words::people::EVERYONE.to_owned(),
                )),
            };
            let persons = people
                .into_iter()
                .map(|(id, name)| (Recipients::Person(id), Icon::File, name));
            let fields = everyone.into_iter().chain(persons);
            BrowserOnly::new(move || {
                view! {
                    <div class="drop">
                        <p class="drop-words">{words::files::DROP_TO_SEND}</p>
                        <div class="drop-fields">
                            {fields
                                .map(|(to, icon, name)| field(to, icon, name))
                                .collect_view()}
                        </div>
                    </div>
                }
            })
        })
    }
}
