//! Holds a model to what it says of its next deadline.

use std::fmt::Debug;

use crate::room::moment::Moment;

/// When the models of a simulation are told that time passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pacing {
    /// Again and again, whether anything is due or not.
    Regular,
    /// At their deadlines and at no other time.
    AtDeadlines,
}

/// How a model is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Only what it wants done counts.
    Casual,
    /// It is compared as a whole, which takes time.
    Close,
}

/// Tells a model that time passed. Before its deadline that must change nothing, and afterwards the next deadline must lie
/// ahead.
pub(crate) fn tick<Model: Debug, Effect: Debug>(
    model: &mut Model,
    now: Moment,
    look: Look,
    next_deadline: impl Fn(&Model) -> Option<Moment>,
    tick: impl FnOnce(&mut Model) -> Vec<Effect>,
) -> Vec<Effect> {
    let due = next_deadline(model);
    let idle = due.is_none_or(|due| due > now);
    let before = (idle && look == Look::Close).then(|| format!("{model:?}"));
    let effects = tick(model);
    assert!(
        !idle || effects.is_empty(),
        "due at {due:?}, and yet at {now:?}: {effects:?}"
    );
    if let Some(before) = before {
        let after = format!("{model:?}");
        assert!(
            before == after,
            "due at {due:?}, and yet changed at {now:?}:\n{before}\n{after}"
        );
    }
    let next = next_deadline(model);
    assert!(
        next.is_none_or(|next| next > now),
        "still due at {next:?} after the tick at {now:?}"
    );
    effects
}
