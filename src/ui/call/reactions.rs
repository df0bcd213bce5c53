//! Reactions: the button with a few emoji, and what floats up over the stage.

use leptos::html;
use leptos::prelude::*;
use leptos::web_sys::HtmlElement;

use crate::room::messaging::MessagingAction;
use crate::room::messaging::live::{Emoji, REACTIONS, Reaction};
use crate::room::{Participant, VisitAction};
use crate::session::Session;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::tool_button::ToolButton;
use crate::ui::words;

/// The popover has this id.
pub const REACT: &str = "react";

/// Reactions float in so many lanes, so that a burst does not stand on one spot.
const LANES: u64 = 9;

/// "React".
#[component]
pub fn ReactButton() -> impl IntoView {
    view! { <ToolButton name=words::call::REACT icon=Icon::Smile class="tool-react tool-wide" popover=REACT on_press=|| ()/> }
}

/// The reactions, side by side in a menu.
#[component]
pub fn ReactionRow(
    /// A press closes this menu.
    popover: &'static str,
) -> impl IntoView {
    let session = Session::expect();
    let react = move |emoji: &str| {
        if let Some(emoji) = Emoji::parse(emoji) {
            session.ask(VisitAction::Messaging(MessagingAction::React(emoji)));
        }
    };
    view! {
        <div class="reaction-row">
            {REACTIONS
                .into_iter()
                .map(|emoji| {
                    view! {
                        <button
                            type="button"
                            class="emoji"
                            popovertarget=popover
                            popovertargetaction="hide"
                            on:click=move |_| react(emoji)
                        >
                            {emoji}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}

/// What floats.
#[component]
pub fn Reactions() -> impl IntoView {
    let session = Session::expect();
    let reactions = session.messaging.reactions;
    view! {
        <div class="reactions" role="log" aria-label=words::call::REACTIONS>
            <For each=move || reactions.get() key=|reaction| reaction.number let:reaction>
                <Floating reaction/>
            </For>
        </div>
    }
}

#[component]
fn Floating(reaction: Reaction) -> impl IntoView {
    let session = Session::expect();
    let name = match &reaction.from {
        Participant::Me => words::call::YOU.to_owned(),
        Participant::Peer(id) => session.state.with_untracked(|state| {
            let person = state.person(id);
            person
                .map(|person| person.name.to_string())
                .unwrap_or_default()
        }),
    };
    let own = reaction.from == Participant::Me;
    let place = NodeRef::<html::P>::new();
    let lane = reaction.number.wrapping_mul(4) % LANES;
    place.on_load(move |place| {
        let percent = format!("{}%", 10 + lane * 9);
        drop(HtmlElement::style(&place).set_property("inset-inline-start", &percent));
    });
    view! {
        <p node_ref=place class="reaction">
            <span class="reaction-emoji">{reaction.emoji.as_str().to_owned()}</span>
            <span class="reaction-name" dir="auto" data-own=own.then_some("")>
                {name}
            </span>
        </p>
    }
}
