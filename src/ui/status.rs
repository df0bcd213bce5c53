//! How somebody's media and presence are told. Pure.

use crate::room::{Link, Moment, Person, Presence};

/// How long a connection may be interrupted before it is worth a word, in ms: short blackouts heal by themselves.
const INTERRUPTION_SHOWN_AFTER_MS: u64 = 3_500;

/// How long somebody's socket may be away before it is worth a word, in ms.
const ABSENCE_SHOWN_AFTER_MS: u64 = 3_000;

/// What their tile says of the way their media takes to us; nothing while all is well.
pub fn link_words(link: Link, now: Moment) -> Option<&'static str> {
    match link {
        Link::Connected => None,
        Link::Connecting(_) => Some("Connecting…"),
        Link::Interrupted(since) if now.since(since) < INTERRUPTION_SHOWN_AFTER_MS => None,
        Link::Interrupted(_) => Some("Reconnecting…"),
        Link::Failed => Some("Connection failed"),
    }
}

/// What the list of people says of a person; nothing while all is well.
pub fn person_words(person: &Person, now: Moment) -> Option<&'static str> {
    link_words(person.link, now).or(match person.presence {
        Presence::Away(since) if now.since(since) >= ABSENCE_SHOWN_AFTER_MS => {
            Some("Reconnecting…")
        }
        Presence::Away(_) | Presence::Here => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_interruption_raises_no_alarm() {
        let link = Link::Interrupted(Moment(1_000));
        assert_eq!(link_words(link, Moment(4_000)), None);
        assert_eq!(link_words(link, Moment(4_500)), Some("Reconnecting…"));
    }

    #[test]
    fn each_trouble_of_a_link_is_named() {
        let now = Moment(9);
        assert_eq!(link_words(Link::Connected, now), None);
        assert_eq!(link_words(Link::Connecting(now), now), Some("Connecting…"));
        assert_eq!(link_words(Link::Failed, now), Some("Connection failed"));
    }
}
