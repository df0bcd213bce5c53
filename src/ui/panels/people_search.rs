//! Finding somebody in a long list of people.
//!
//! Invariant: a list that is short enough to be read has no field, unless something is still written in it.

use leptos::prelude::*;

use crate::ui::words;

/// So many people are found by reading.
const READ_AT_A_GLANCE: usize = 12;

/// Whether somebody of this name is wanted: all words that are looked for are in it, in whatever letters and order.
pub fn is_wanted(name: &str, wanted: &str) -> bool {
    let name = name.to_lowercase();
    let wanted = wanted.to_lowercase();
    wanted.split_whitespace().all(|word| name.contains(word))
}

/// The field above the list of so many people.
#[component]
pub fn PeopleSearch(
    /// There are so many people, whoever is looked for.
    #[prop(into)]
    count: Signal<usize>,
    /// This is looked for.
    wanted: RwSignal<String>,
) -> impl IntoView {
    let is_long = Memo::new(move |_| {
        count.get() > READ_AT_A_GLANCE || wanted.with(|wanted| !wanted.is_empty())
    });
    move || {
        is_long.get().then(|| {
            view! {
                <input
                    class="field people-search"
                    type="search"
                    dir="auto"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder=words::people::SEARCH
                    aria-label=words::people::SEARCH
                    prop:value=move || wanted.get()
                    on:input=move |event| wanted.set(event_target_value(&event))
                />
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_words_have_to_be_in_the_name_in_whatever_letters() {
        for (wanted, expected) in [
            ("", true),
            ("ada", true),
            ("LOVE  ad", true),
            ("ada byron", false),
            ("lacé", true),
        ] {
            assert_eq!(
                is_wanted("Ada Lovelace (Lacé)", wanted),
                expected,
                "{wanted}"
            );
        }
    }
}
