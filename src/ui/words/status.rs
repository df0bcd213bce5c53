//! How somebody's media and presence are told. Pure.

use std::borrow::Cow;

use super::path_failure::{failure_words, sfu_failure_words};
use super::problem::Words;
use super::stage::PAUSED;
use crate::protocol::PeerId;
use crate::room::{
    Call, Carrier, ConnectionStage, Moment, PathState, PausedPictures, Person, Presence, RoomState,
    TrackKind,
};

/// A connection may be interrupted this long before it is worth a word, in ms: short blackouts heal by themselves.
const INTERRUPTION_SHOWN_AFTER_MS: u64 = 3_500;

/// Somebody's socket may be away this long before it is worth a word, in ms.
const ABSENCE_SHOWN_AFTER_MS: u64 = 3_000;

/// A connection may be set up this long before it is worth a word where that stands, in ms.
const STAGE_SHOWN_AFTER_MS: u64 = 4_000;

/// A picture may stand still this long for want of bandwidth before it is worth a word, in ms: the server looks again all the time.
const PAUSE_SHOWN_AFTER_MS: u64 = 3_000;

/// A tile says this of the way somebody's media takes to us.
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    /// Something is told that passes by itself.
    Passing(Cow<'static, str>),
    /// The way failed, in words; this person can be tried again.
    Failed(Words, PeerId),
}

/// A clock, looked at only where it matters: whoever looks is asked again as it goes on.
pub type Now<'a> = &'a dyn Fn() -> Moment;

/// Why this person cannot be reached, in words: the same wherever it is told. Nothing unless the way to them failed.
pub fn failure(call: &Call, person: &Person) -> Option<Words> {
    let link = call.link_to(person)?;
    let PathState::Failed(failure) = link.state else {
        return None;
    };
    let relays = call.relay_ports();
    Some(match link.carrier {
        Carrier::Direct => failure_words(failure, &person.name, &relays),
        Carrier::Hub => {
            let port = call.hub.and_then(|hub| hub.port);
            sfu_failure_words(failure, &person.name, &relays, port)
        }
    })
}

/// Whether a picture has stood still for so long for want of bandwidth that it is to be said.
pub fn is_paused(paused: PausedPictures, kind: TrackKind, now: Now<'_>) -> bool {
    let since = paused.since(kind);
    since.is_some_and(|since| now().since(since) >= PAUSE_SHOWN_AFTER_MS)
}

/// What somebody's tile says; nothing while all is well.
pub fn tile_status(
    state: &RoomState,
    call: &Call,
    person: &Person,
    now: Now<'_>,
) -> Option<Status> {
    let name = &person.name;
    let link = call.link_to(person)?;
    let passing = match link.state {
        PathState::Connected => {
            return is_paused(person.paused, TrackKind::Camera, now)
                .then(|| Status::Passing(PAUSED.into()));
        }
        PathState::Failed(_) => {
            let words = failure(call, person)?;
            return Some(Status::Failed(words, person.id.clone()));
        }
        PathState::Connecting(since) if now().since(since) < STAGE_SHOWN_AFTER_MS => {
            "Connecting…".into()
        }
        PathState::Connecting(_) if link.carrier == Carrier::Hub => {
            "Looking for a way to the server…".into()
        }
        PathState::Connecting(_) => match link.stage {
            ConnectionStage::Signaling => ["Waiting for ", name.as_str(), " to answer…"]
                .concat()
                .into(),
            ConnectionStage::Gathering | ConnectionStage::Checking => {
                ["Looking for a way to ", name.as_str(), "…"]
                    .concat()
                    .into()
            }
            ConnectionStage::Handshake => "Securing the connection…".into(),
            ConnectionStage::FirstMedia | ConnectionStage::Established => "Connecting…".into(),
        },
        PathState::Interrupted(since) if now().since(since) < INTERRUPTION_SHOWN_AFTER_MS => {
            return None;
        }
        // Without a server it is rather we who are.
        PathState::Interrupted(_)
            if link.carrier == Carrier::Hub || matches!(state, RoomState::Reconnecting(..)) =>
        {
            "Reconnecting…".into()
        }
        PathState::Interrupted(_) => [name.as_str(), " is reconnecting…"].concat().into(),
    };
    Some(Status::Passing(passing))
}

fn link_words(link: PathState, now: Now<'_>) -> Option<&'static str> {
    match link {
        PathState::Connected => None,
        PathState::Connecting(_) => Some("Connecting…"),
        PathState::Interrupted(since) if now().since(since) < INTERRUPTION_SHOWN_AFTER_MS => None,
        PathState::Interrupted(_) => Some("Reconnecting…"),
        PathState::Failed(_) => Some("Connection failed"),
    }
}

/// What the list of people says of a person; nothing while all is well.
pub fn person_words(call: &Call, person: &Person, now: Now<'_>) -> Option<&'static str> {
    let link = call.link_to(person);
    let words = link.and_then(|link| link_words(link.state, now));
    words.or(match person.presence {
        Presence::Away(since) if now().since(since) >= ABSENCE_SHOWN_AFTER_MS => {
            Some("Reconnecting…")
        }
        Presence::Away(_) | Presence::Here => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::PathFailure;

    #[test]
    fn a_short_interruption_raises_no_alarm() {
        let link = PathState::Interrupted(Moment(1_000));
        assert_eq!(link_words(link, &|| Moment(4_000)), None);
        assert_eq!(link_words(link, &|| Moment(4_500)), Some("Reconnecting…"));
    }

    #[test]
    fn a_picture_that_pauses_for_a_moment_raises_no_alarm() {
        let mut paused = PausedPictures::default();
        paused.set(TrackKind::Camera, true, Moment(1_000));
        assert!(!is_paused(paused, TrackKind::Camera, &|| Moment(3_900)));
        assert!(is_paused(paused, TrackKind::Camera, &|| Moment(4_000)));
        assert!(!is_paused(paused, TrackKind::ScreenVideo, &|| Moment(
            9_000
        )));
        paused.set(TrackKind::Camera, false, Moment(9_000));
        assert!(!is_paused(paused, TrackKind::Camera, &|| Moment(99_000)));
    }

    #[test]
    fn each_trouble_of_a_link_is_named() {
        let now: Now<'_> = &|| Moment(9);
        assert_eq!(link_words(PathState::Connected, now), None);
        assert_eq!(
            link_words(PathState::Connecting(now()), now),
            Some("Connecting…")
        );
        let failed = PathState::Failed(PathFailure::NoAnswer);
        assert_eq!(link_words(failed, now), Some("Connection failed"));
    }
}
