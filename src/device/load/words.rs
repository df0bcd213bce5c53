//! What `visavis load` says to people.

use std::collections::BTreeMap;

use super::roll::Losses;

/// With which codes it ends.
pub(crate) const EXITS: &str = "\
Ctrl-C ends it with the figures so far. Ends with 0, also when some did not come in, and with 2 when
the arguments cannot be. When nobody came in, ends with 3 if the server let nobody in, 4 if nobody
reached it, and 1 if this machine did not give what is needed.";

/// The rate of joins is too small.
pub(crate) const NOBODY_WOULD_JOIN: &str = "nobody would join at this rate";

/// Pictures and a pattern without.
pub(crate) const AUDIO_HAS_NO_PICTURES: &str =
    "--pattern audio sends no pictures: leave --publish out, or take another pattern";

/// Nobody came in while it lasted, and nobody heard why.
const NOBODY_IN_TIME: &str = "nobody came into a room in time";

/// A fault of this program ended somebody's visit.
pub(crate) const BROKE_OFF: &str = "a fault of this program ended it";

/// A number is too small or too large, or none.
pub(crate) fn not_between(least: u32, most: u32) -> String {
    format!("expected a number between {least} and {most}")
}

/// More than one process can have.
pub(crate) fn too_many_seats(most: u64) -> String {
    format!("--rooms times --people is at most {most}")
}

/// A room's name does not go with a number behind it.
pub(crate) fn unusable_room(reason: &impl std::fmt::Display) -> String {
    format!("no room can have this name and a number behind it: {reason}")
}

/// The system allows fewer open files than are needed.
pub(crate) fn too_few_files(allowed: u64, needed: u64) -> String {
    format!(
        "this may need {needed} open files, and the system allows {allowed} (ulimit -n): connections may fail here, and not at the server"
    )
}

/// So many connections may be more than a machine bears.
pub(crate) fn many_connections(ends: u64) -> String {
    format!(
        "in a room that does not go through the SFU everyone is connected to everyone else: this process then has {ends} ends of connections to carry, and its memory and processor may not be enough"
    )
}

/// There is no such process.
pub(crate) fn no_process(id: u32) -> String {
    format!("--server-pid: this machine tells nothing of a process {id}")
}

/// Whoever was to have the figures did not take them.
pub(crate) fn not_printed(reason: &impl std::fmt::Display) -> String {
    format!("the figures could not be printed: {reason}")
}

/// Why nobody came in.
pub(crate) fn nobody_came_in(losses: &Losses) -> String {
    let all = [&losses.refused, &losses.unreachable, &losses.failed];
    let reasons: Vec<String> = all
        .into_iter()
        .map(counted)
        .filter(|it| !it.is_empty())
        .collect();
    if reasons.is_empty() {
        NOBODY_IN_TIME.to_owned()
    } else {
        format!("nobody came into a room: {}", reasons.join("; "))
    }
}

/// Reasons and how often each was given.
pub(crate) fn counted(reasons: &BTreeMap<String, u64>) -> String {
    let reasons = reasons
        .iter()
        .map(|(reason, count)| format!("{count} × {reason}"));
    reasons.collect::<Vec<_>>().join("; ")
}
