//! Memos of what is shown for a while, such as a tile, and reads what is there for as long as the page.
//!
//! Why not the framework's own: a memo keeps a note of everybody who ever read it, also of those that are gone, and goes
//! through all of them whenever it changes. Invariant: who is gone is in nobody's notes.

use leptos::prelude::*;
use leptos::reactive::graph::{Subscriber, ToAnySubscriber};

/// A memo that is forgotten by all it has read once its owner is cleaned up.
pub fn brief_memo<T>(compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    let memo = Memo::new(compute);
    let reader = ArcMemo::from(memo).to_any_subscriber();
    on_cleanup(move || reader.clear_sources(&reader));
    memo
}
