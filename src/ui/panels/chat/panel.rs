//! The panel with the conversation.
//!
//! Invariant: while it is open and the page is seen, nothing is unread. It follows the newest message unless one has
//! scrolled away from it; then a button leads back.

use leptos::prelude::*;

use super::composer::Composer;
use super::message::{Message, MessageLine, newest_own};
use super::view::ConversationView;
use super::window::RowWindow;
use crate::room::VisitAction;
use crate::room::messaging::MessagingAction;
use crate::room::messaging::chat::Attention;
use crate::session::Session;
use crate::session::messaging::MessagingSignals;
use crate::ui::kit::has_sfu::HasSfu;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::open_panels::Panels;
use crate::ui::panels::recipients::AudienceChoice;
use crate::ui::words;

/// What is in the panel.
#[component]
pub fn ChatPanel(
    /// The composer opens the panel of the files with the first one sent.
    panels: Panels,
) -> impl IntoView {
    let session = Session::expect();
    attend(session);
    let choice = AudienceChoice::everyone(session);
    let MessagingSignals { rows, revised, .. } = session.messaging;
    let none = Memo::new(move |_| rows.with(Vec::is_empty));
    let view = ConversationView::new(rows);
    Effect::new(move |shown: Option<()>| {
        rows.track();
        if shown.is_some() {
            view.settle();
        }
    });
    Effect::new(move |_| {
        view.lines.track();
        revised.track();
        view.follow();
    });
    let has_sfu = HasSfu::expect();
    view! {
        {move || {
            none.get()
                .then(|| {
                    view! {
                        <div class="chat-none">
                            <IconView icon=Icon::Chat/>
                            <p>{words::chat::no_messages(has_sfu)}</p>
                        </div>
                    }
                })
        }}
        <Messages view none/>
        <Composer panels choice on_said=move || view.newest()/>
    }
}

/// The messages, and the ways to those that do not stand in the document.
#[component]
fn Messages(view: ConversationView, none: Memo<bool>) -> impl IntoView {
    let ConversationView { lines, list, .. } = view;
    let newest_own = Memo::new(move |_| lines.with(|lines| newest_own(lines)));
    view! {
        <div
            node_ref=list
            class="messages"
            role="log"
            aria-label=words::chat::MESSAGES
            // What was said earlier comes because somebody reads it, and is nothing to be read out.
            aria-live=move || view.missed.get().map(|_| "off")
            tabindex="0"
            hidden=move || none.get()
            on:scroll=move |_| view.scrolled()
        >
            {move || {
                view.more
                    .get()
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button button-small messages-earlier"
                                on:click=move |_| view.extend(RowWindow::earlier)
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
        <div class="messages-below" role="status">
            {move || {
                view.missed
                    .get()
                    .map(|missed| {
                        view! {
                            <button
                                type="button"
                                class="button button-small messages-newest"
                                on:click=move |_| view.newest()
                            >
                                <IconView icon=Icon::ArrowDown/>
                                {words::chat::to_newest(missed)}
                            </button>
                        }
                    })
            }}
        </div>
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
