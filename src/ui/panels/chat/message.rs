//! One message of the conversation.

use leptos::either::Either;
use leptos::prelude::*;

use super::time::time_of_day;
use crate::room::messaging::chat::{Addressed, ChatEntry, Origin, Segment, linkify};
use crate::session::messaging::MessageRow;
use crate::ui::kit::avatar::hue;
use crate::ui::kit::brief_memo::brief_memo;
use crate::ui::kit::sentence::isolated;
use crate::ui::words;
use crate::ui::words::chat::DeliveryWeight;

/// Messages of one person this close together, in ms, stand under one name.
const SAME_GROUP_MS: u64 = 5 * 60_000;

/// A message's place in the list.
#[derive(Clone)]
pub struct MessageLine {
    /// The message is shown from this row, which keeps its number whatever becomes of it.
    row: MessageRow,
    /// The message stands under a name of its own.
    leads: bool,
}

impl MessageLine {
    /// The number of its row.
    pub fn number(&self) -> u64 {
        self.row.number
    }

    /// What tells the line apart. Whatever is delivered meanwhile, it is the same line.
    pub fn key(&self) -> (u64, bool) {
        (self.row.number, self.leads)
    }
}

/// These messages as lines.
pub fn lines(rows: &[MessageRow]) -> Vec<MessageLine> {
    let mut lines = Vec::with_capacity(rows.len());
    let mut before: Option<&MessageRow> = None;
    for row in rows {
        let leads = before.is_none_or(|before| {
            let entry = row.entry.read_untracked();
            begins_group(&before.entry.read_untracked(), &entry)
        });
        before = Some(row);
        let row = row.clone();
        lines.push(MessageLine { row, leads });
    }
    lines
}

/// The number of the newest row that is one's own.
pub fn newest_own(lines: &[MessageLine]) -> Option<u64> {
    let mut newest_first = lines.iter().rev().map(|line| &line.row);
    let own = newest_first.find(|row| row.entry.read_untracked().is_mine());
    own.map(|row| row.number)
}

/// Whether a message needs a name of its own below another one. Nothing that is asked here changes while a row is there.
fn begins_group(before: &ChatEntry, entry: &ChatEntry) -> bool {
    before.author != entry.author
        || before.addressed != entry.addressed
        || before.direct_recipient().map(|one| &one.peer)
            != entry.direct_recipient().map(|one| &one.peer)
        || entry.sent_at.0.saturating_sub(before.sent_at.0) > SAME_GROUP_MS
}

/// What is said of an own message's delivery. What was delivered is said under the newest alone, what was not under each.
fn delivery(
    row: MessageRow,
    newest_own: Memo<Option<u64>>,
) -> Memo<Option<(String, DeliveryWeight)>> {
    brief_memo(move |_| {
        let is_newest = newest_own.get() == Some(row.number);
        let said = row.entry.with(words::chat::delivery)?;
        (is_newest || said.1 == DeliveryWeight::Missing).then_some(said)
    })
}

/// Text as text; only addresses become links.
fn text_view(text: &str) -> impl IntoView + use<> {
    linkify(text)
        .into_iter()
        .map(|segment| match segment {
            Segment::Text(text) => Either::Left(text),
            Segment::Link { href, shown } => Either::Right(view! {
                <a href=href target="_blank" rel="noopener noreferrer">
                    {shown}
                </a>
            }),
        })
        .collect_view()
}

/// A message.
#[component]
pub fn Message(
    /// It stands here.
    line: MessageLine,
    /// The newest own message that is shown has this number.
    newest_own: Memo<Option<u64>>,
) -> impl IntoView {
    let MessageLine { row, leads } = line;
    let entry = row.entry.get_untracked();
    let own = entry.is_mine();
    let is_direct = entry.addressed == Addressed::Direct;
    let direct = is_direct.then(|| match entry.direct_recipient() {
        Some(recipient) => {
            let name = recipient.name.as_str();
            isolated(&words::chat::only_to(name), &[name])
        }
        None => isolated(words::chat::ONLY_TO_YOU, &[]),
    });
    let author = if own {
        words::call::YOU.to_owned()
    } else {
        entry.name.to_string()
    };
    let folded = entry.text.is_long().then(|| RwSignal::new(true));
    let is_folded = move || folded.is_some_and(|folded| folded.get());
    let relayed = matches!(entry.origin, Origin::Relayed { .. });
    let delivery = own.then(|| delivery(row, newest_own));
    view! {
        <li
            class="message"
            data-own=own.then_some("")
            data-direct=is_direct.then_some("")
            data-leads=leads.then_some("")
        >
            <p class=if leads { "message-head" } else { "visually-hidden" }>
                <bdi class="message-author" data-hue=hue(entry.name.as_str())>{author}</bdi>
                " "
                {direct.map(|words| view! { <span class="message-direct">{words}</span> " " })}
                <time class="message-time">{time_of_day(entry.sent_at)}</time>
                {relayed.then(|| view! { <span class="visually-hidden">{words::chat::BEFORE_YOU_CAME}</span> })}
            </p>
            <p
                class="message-text"
                dir="auto"
                data-emoji=entry.text.is_only_emoji().then_some("")
                data-folded=move || is_folded().then_some("")
                // What has the focus is read.
                on:focusin=move |_| {
                    if let Some(folded) = folded {
                        folded.set(false);
                    }
                }
            >
                {text_view(entry.text.as_str())}
            </p>
            {folded
                .map(|folded| {
                    view! {
                        <button
                            type="button"
                            class="message-fold"
                            aria-expanded=move || if folded.get() { "false" } else { "true" }
                            on:click=move |_| folded.update(|folded| *folded = !*folded)
                        >
                            {move || words::chat::fold(folded.get())}
                        </button>
                    }
                })}
            {delivery
                .map(|delivery| {
                    move || {
                        delivery
                            .get()
                            .map(|(words, weight)| {
                                let is_passing = weight == DeliveryWeight::Passing;
                                view! {
                                    <p class="message-delivery" aria-live=is_passing.then_some("off")>
                                        {words}
                                    </p>
                                }
                            })
                    }
                })}
        </li>
    }
}
