//! The choice of whom something is for: everyone, or one person who is here.

use leptos::prelude::*;

use crate::protocol::PeerId;
use crate::room::messaging::recipients::Recipients;
use crate::session::Session;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::words;

/// Whom something is for. Somebody who leaves is no longer chosen.
#[derive(Clone, Copy)]
pub struct AudienceChoice {
    /// This person was chosen, and may have left; `None` for everyone.
    chosen: RwSignal<Option<PeerId>>,
    /// These people can be chosen, by id and name.
    people: Memo<Vec<(PeerId, String)>>,
}

impl AudienceChoice {
    /// Everyone, to begin with.
    pub fn everyone(session: Session) -> Self {
        let people = Memo::new(move |_| {
            session.state.with(|state| {
                state.call().map_or_else(Vec::new, |call| {
                    let people = call.people.iter();
                    people
                        .map(|person| (person.id.clone(), person.name.to_string()))
                        .collect()
                })
            })
        });
        Self {
            chosen: RwSignal::new(None),
            people,
        }
    }

    /// The one person it is for, with their name; tracked.
    pub fn person(self) -> Option<(PeerId, String)> {
        let chosen = self.chosen.get()?;
        self.people
            .with(|people| people.iter().find(|(id, _)| *id == chosen).cloned())
    }

    /// Whom it is for; tracked.
    pub fn recipients(self) -> Recipients {
        self.person()
            .map_or(Recipients::Everyone, |(id, _)| Recipients::Person(id))
    }

    /// Everyone it could be for, by id and name; tracked.
    pub fn people(self) -> Vec<(PeerId, String)> {
        self.people.get()
    }

    /// Whether nobody else is here; tracked.
    pub fn is_alone(self) -> bool {
        self.people.with(Vec::is_empty)
    }
}

/// The menu of the choice.
#[component]
pub fn AudienceMenu(
    /// The menu changes this choice.
    choice: AudienceChoice,
    /// The choice is for this, as in "Send to".
    label: &'static str,
) -> impl IntoView {
    let choose = move |index: String| {
        let index: Option<usize> = index.parse().ok();
        choice.chosen.set(index.and_then(|index| {
            choice
                .people
                .with_untracked(|people| people.get(index).map(|(id, _)| id.clone()))
        }));
    };
    let options = move || {
        let chosen = choice.chosen.get();
        let people = choice.people.get().into_iter().enumerate();
        people
            .map(|(index, (id, name))| {
                let selected = chosen.as_ref() == Some(&id);
                view! {
                    <option value=index.to_string() selected=selected dir="auto">
                        {name}
                    </option>
                }
            })
            .collect_view()
    };
    view! {
        <div class="select">
            <IconView icon=Icon::Users/>
            <select
                class="field"
                aria-label=label
                on:change=move |event| choose(event_target_value(&event))
            >
                <option value="">{words::people::EVERYONE}</option>
                {options}
            </select>
        </div>
    }
}
