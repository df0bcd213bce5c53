//! One message of the conversation.

use leptos::either::Either;
use leptos::prelude::*;

use super::time::time_of_day;
use crate::protocol::PeerId;
use crate::room::messaging::chat::{
    Addressed, ChatEntry, MessageId, Origin, Segment, WallTime, linkify,
};
use crate::ui::kit::avatar::hue;
use crate::ui::words;

/// Messages of one person this close together stand under one name, in ms.
const SAME_GROUP_MS: u64 = 5 * 60_000;

/// A message as it is shown. Equal keys are equal rows.
#[derive(Clone)]
pub struct Row {
    /// What tells it apart; another state of its delivery is another row.
    pub(crate) key: (PeerId, MessageId, Option<String>, bool),
    name: String,
    own: bool,
    text: String,
    emoji_only: bool,
    sent_at: WallTime,
    direct: Option<String>,
    relayed: bool,
    delivery: Option<String>,
    /// Whether it stands under a name of its own.
    leads: bool,
}

/// The messages as rows. What was delivered is said under the newest own message alone, what was not under each.
pub fn rows(entries: &[ChatEntry], shown: usize) -> Vec<Row> {
    let newest_own = entries
        .iter()
        .rposition(|entry| matches!(entry.origin, Origin::Mine { .. }));
    let first = entries.len().saturating_sub(shown);
    let mut rows = Vec::with_capacity(entries.len() - first);
    let mut before: Option<&ChatEntry> = None;
    for (index, entry) in entries.iter().enumerate().skip(first) {
        let own = matches!(entry.origin, Origin::Mine { .. });
        let leads = before.is_none_or(|before| {
            before.author != entry.author
                || before.addressed != entry.addressed
                || before.direct_recipient().map(|one| &one.peer)
                    != entry.direct_recipient().map(|one| &one.peer)
                || entry.sent_at.0.saturating_sub(before.sent_at.0) > SAME_GROUP_MS
        });
        before = Some(entry);
        let delivery = words::chat::delivery(entry)
            .filter(|(_, missing)| *missing || Some(index) == newest_own)
            .map(|(words, _)| words);
        let direct =
            (entry.addressed == Addressed::Direct).then(|| match entry.direct_recipient() {
                Some(recipient) => words::chat::only_to(recipient.name.as_str()),
                None => words::chat::ONLY_TO_YOU.to_owned(),
            });
        rows.push(Row {
            key: (
                entry.author.clone(),
                entry.id.clone(),
                delivery.clone(),
                leads,
            ),
            name: entry.name.to_string(),
            own,
            text: entry.text.as_str().to_owned(),
            emoji_only: entry.text.is_only_emoji(),
            sent_at: entry.sent_at,
            direct,
            relayed: matches!(entry.origin, Origin::Relayed { .. }),
            delivery,
            leads,
        });
    }
    rows
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
    /// What is shown of it.
    row: Row,
) -> impl IntoView {
    let time = time_of_day(row.sent_at);
    let hue = hue(&row.name);
    let direct = row.direct.is_some().then_some("");
    let author = if row.own {
        words::call::YOU.to_owned()
    } else {
        row.name
    };
    view! {
        <li
            class="message"
            data-own=row.own.then_some("")
            data-direct=direct
            data-leads=row.leads.then_some("")
        >
            <p class=if row.leads { "message-head" } else { "visually-hidden" }>
                <span class="message-author" data-hue=hue>{author}</span>
                " "
                {row.direct.map(|words| view! { <span class="message-direct">{words}</span> " " })}
                <time class="message-time">{time}</time>
                {row.relayed.then(|| view! { <span class="visually-hidden">{words::chat::BEFORE_YOU_CAME}</span> })}
            </p>
            <p class="message-text" data-emoji=row.emoji_only.then_some("")>{text_view(&row.text)}</p>
            {row.delivery.map(|words| view! { <p class="message-delivery">{words}</p> })}
        </li>
    }
}
