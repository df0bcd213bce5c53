//! The panel with the conversation.
//!
//! Invariant: while it is open and the page is seen, nothing is unread. It follows the newest message unless one has
//! scrolled away from it.

use leptos::html;
use leptos::prelude::*;

use super::composer::Composer;
use super::message::{Message, MessageLine, lines, newest_own};
use crate::room::VisitAction;
use crate::room::messaging::MessagingAction;
use crate::room::messaging::chat::Attention;
use crate::session::Session;
use crate::session::messaging::MessagingSignals;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::open_panels::Panels;
use crate::ui::panels::recipients::AudienceChoice;
use crate::ui::words;

/// So many messages are shown at first, and more at each press of `words::chat::EARLIER`.
const SHOWN: usize = 200;

/// This near the end counts as at the end, in CSS pixels.
const NEAR_END: i32 = 80;

/// What is in the panel.
#[component]
pub fn ChatPanel(
    /// The composer opens the panel of the files with the first one sent.
    panels: Panels,
) -> impl IntoView {
    let session = Session::expect();
    attend(session);
    let choice = AudienceChoice::everyone(session);
    let list = NodeRef::<html::Div>::new();
    let follows = StoredValue::new(true);
    let shown = RwSignal::new(SHOWN);
    let MessagingSignals { rows, revised, .. } = session.messaging;
    let none = Memo::new(move |_| rows.with(Vec::is_empty));
    let more = Memo::new(move |_| rows.with(Vec::len) > shown.get());
    let lines = Memo::new_with_compare(
        move |_| rows.with(|rows| lines(rows, shown.get())),
        |_, _| true,
    );
    let newest_own = Memo::new(move |_| lines.with(|lines| newest_own(lines)));
    let on_scroll = move |_| {
        if let Some(list) = list.get_untracked() {
            let below = list.scroll_height() - list.scroll_top() - list.client_height();
            follows.set_value(below < NEAR_END);
        }
    };
    Effect::new(move |_| {
        lines.track();
        revised.track();
        let Some(list) = list.get() else {
            return;
        };
        if follows.get_value() {
            // After the lines are on the page.
            request_animation_frame(move || list.set_scroll_top(list.scroll_height()));
        }
    });
    view! {
        {move || {
            none.get()
                .then(|| {
                    view! {
                        <div class="chat-none">
                            <IconView icon=Icon::Chat/>
                            <p>{words::chat::NO_MESSAGES}</p>
                        </div>
                    }
                })
        }}
        <div
            node_ref=list
            class="messages"
            role="log"
            aria-label=words::chat::MESSAGES
            tabindex="0"
            hidden=move || none.get()
            on:scroll=on_scroll
        >
            {move || {
                more.get()
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button button-small messages-earlier"
                                on:click=move |_| shown.update(|shown| *shown += SHOWN)
                            >
                                {words::chat::EARLIER}
                            </button>
                        }
                    })
            }}
            <ul role="list">
                <For each=move || lines.get() key=MessageLine::key let:line>
                    <Message line newest_own/>
                </For>
            </ul>
        </div>
        <Composer panels choice/>
    }
}

/// Tells the engine whether the conversation is looked at.
fn attend(session: Session) {
    let tell =
        move |attention| session.ask(VisitAction::Messaging(MessagingAction::Attend(attention)));
    let look = move || {
        tell(if document().hidden() {
            Attention::Elsewhere
        } else {
            Attention::Reading
        });
    };
    look();
    let listener = window_event_listener_untyped("visibilitychange", move |_| look());
    on_cleanup(move || {
        listener.remove();
        tell(Attention::Elsewhere);
    });
}
