//! One stop of the Tab key for a group of many alike: Tab reaches the controls of one member, arrow keys those of the others
//! (WAI-ARIA Authoring Practices, "roving tabindex").
//!
//! Invariant: as long as the group has members, Tab reaches exactly one.

use leptos::prelude::*;

use super::brief_memo::brief_memo;

/// Which member of a group Tab reaches: the one that had the focus last, and the first to begin with. Cheap to copy.
pub struct TabStop<T: Send + Sync + 'static> {
    /// This member had the focus last, and may be gone.
    chosen: RwSignal<Option<T>>,
    /// Tab reaches this member.
    reached: Memo<Option<T>>,
}

impl<T: Send + Sync> Clone for TabStop<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync> Copy for TabStop<T> {}

impl<T: Clone + PartialEq + Send + Sync + 'static> TabStop<T> {
    /// The stop of a group with these members.
    pub fn among(members: Memo<Vec<T>>) -> Self {
        let chosen = RwSignal::new(None::<T>);
        let reached = Memo::new(move |_| {
            let chosen = chosen.get();
            members.with(|members| {
                let there = chosen.filter(|chosen| members.contains(chosen));
                there.or_else(|| members.first().cloned())
            })
        });
        Self { chosen, reached }
    }

    /// The `tabindex` of this member's controls, for as long as the caller's owner is there; tracked.
    pub fn index(self, member: T) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
        let is_reached = brief_memo(move |_| {
            self.reached
                .with(|reached| reached.as_ref() == Some(&member))
        });
        move || if is_reached.get() { "0" } else { "-1" }
    }

    /// This member has the focus.
    pub fn choose(self, member: &T) {
        self.chosen.set(Some(member.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tab_reaches_the_member_that_had_the_focus_last_while_it_is_there() {
        let owner = Owner::new();
        owner.set();
        let members = RwSignal::new(vec!["a", "b", "c"]);
        let stop = TabStop::among(Memo::new(move |_| members.get()));
        let indices = ["a", "b", "c"].map(|member| (member, stop.index(member)));
        let reached = || {
            let all = indices.iter().filter(|(_, index)| untrack(index) == "0");
            all.map(|(member, _)| *member).collect::<Vec<_>>()
        };
        assert_eq!(reached(), ["a"]);
        stop.choose(&"b");
        assert_eq!(reached(), ["b"]);
        members.set(vec!["a", "c"]);
        assert_eq!(reached(), ["a"]);
        members.set(vec!["c", "b"]);
        assert_eq!(reached(), ["b"]);
    }
}
