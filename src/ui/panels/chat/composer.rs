//! What one says: the text, whom it is for, and emoji for those whose keyboard has none.
//!
//! Invariant: a text is emptied only once it is known that it can be sent. Closing the chat keeps it.

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

use crate::room::VisitAction;
use crate::room::messaging::MessagingAction;
use crate::room::messaging::chat::MessageText;
use crate::session::Session;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::kit::popover::Popover;
use crate::ui::kit::sentence::isolated;
use crate::ui::open_panels::Panels;
use crate::ui::panels::files::FilePicker;
use crate::ui::panels::recipients::{AudienceChoice, AudienceMenu};
use crate::ui::words;

/// One of these emoji can be picked.
const EMOJI: [&str; 24] = [
    "😀", "😄", "😂", "😊", "😍", "😎", "🤔", "😮", "😢", "😅", "🙈", "🥳", "👍", "👎", "👏", "🙏",
    "👋", "💪", "❤️", "🔥", "🎉", "✅", "❌", "☕",
];

/// The emoji's popover has this id.
const PICKER: &str = "chat-emoji";

/// The composer.
#[component]
pub fn Composer(
    /// The panel of the files opens when one is sent from here.
    panels: Panels,
    /// What is said goes to those who are chosen here.
    choice: AudienceChoice,
    /// This is done when something was said.
    on_said: impl Fn() + Copy + 'static,
) -> impl IntoView {
    let session = Session::expect();
    let field = NodeRef::<html::Textarea>::new();
    let problem = RwSignal::new(None::<String>);
    field.on_load(move |field| {
        field.set_value(&panels.draft.get_value());
        drop(field.focus());
    });
    let send = move || {
        let Some(field) = field.get_untracked() else {
            return;
        };
        let text = field.value();
        match MessageText::parse(&text) {
            Ok(_) => {
                let to = untrack(|| choice.recipients());
                session.ask(VisitAction::Messaging(MessagingAction::Say { text, to }));
                field.set_value("");
                panels.draft.set_value(String::new());
                problem.set(None);
                on_said();
            }
            Err(error) => problem.set(Some(words::chat::message_problem(error))),
        }
        drop(field.focus());
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            send();
        }
    };
    let insert = move |emoji: &'static str| {
        if let Some(field) = field.get_untracked() {
            drop(field.set_range_text(emoji));
            let behind = field.selection_start().ok().flatten().unwrap_or_default()
                + u32::try_from(emoji.encode_utf16().count()).unwrap_or_default();
            drop(field.set_selection_range(behind, behind));
            panels.draft.set_value(field.value());
            drop(field.focus());
        }
    };
    let private = Memo::new(move |_| choice.person().map(|(_, name)| name));
    view! {
        <form
            class="composer"
            data-private=move || private.with(Option::is_some).then_some("")
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            <AudienceMenu choice label=words::people::SEND_TO/>
            {move || {
                private
                    .get()
                    .map(|name| {
                        view! {
                            <p class="composer-private">
                                {isolated(&words::chat::private(&name), &[&name])}
                            </p>
                        }
                    })
            }}
            <div class="composer-row">
                <textarea
                    node_ref=field
                    class="field composer-field"
                    rows="1"
                    dir="auto"
                    aria-label=words::chat::MESSAGE
                    aria-describedby="composer-problem"
                    placeholder=move || {
                        private
                            .get()
                            .map_or_else(
                                || words::chat::MESSAGE_EVERYONE.to_owned(),
                                |name| words::chat::message_to(&name),
                            )
                    }
                    on:keydown=on_key
                    on:input=move |event| {
                        panels.draft.set_value(event_target_value(&event));
                        problem.set(None);
                    }
                ></textarea>
                <FilePicker panels choice class="composer-button"/>
                <button
                    type="button"
                    class="composer-button composer-emoji"
                    aria-label=words::chat::EMOJI
                    popovertarget=PICKER
                >
                    <IconView icon=Icon::Smile/>
                </button>
                <button type="submit" class="composer-button composer-send" aria-label=words::chat::SEND>
                    <IconView icon=Icon::Send/>
                </button>
            </div>
            <p id="composer-problem" class="field-problem" role="alert">{move || problem.get()}</p>
        </form>
        <Popover id=PICKER label=words::chat::EMOJI class="popover-emoji">
            {EMOJI
                .into_iter()
                .map(|emoji| {
                    view! {
                        <button
                            type="button"
                            class="emoji"
                            popovertarget=PICKER
                            popovertargetaction="hide"
                            on:click=move |_| insert(emoji)
                        >
                            {emoji}
                        </button>
                    }
                })
                .collect_view()}
        </Popover>
    }
}
