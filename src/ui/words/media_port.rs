//! That the server's media port is out of reach, in words, with what it means and what to do.

use std::borrow::Cow;

use crate::room::{MediaPortCause, MediaPortTrouble, NextTry};

/// One sentence for what is wrong and what follows, and one for what to do.
pub(crate) fn media_port_trouble(trouble: MediaPortTrouble) -> String {
    let wrong = match trouble.cause {
        MediaPortCause::Network => out_of_reach(trouble.port),
        MediaPortCause::Server => "The server does not pass media on at the moment".into(),
    };
    let people = match trouble.cut_off {
        0 => return [&*wrong, ". The call goes on directly."].concat(),
        1 => "one person".to_owned(),
        people => people.to_string() + " people",
    };
    let advice = match trouble.cause {
        MediaPortCause::Network => "Ask whoever runs your network or the server to open it.",
        MediaPortCause::Server => "If it stays so, tell whoever runs the server.",
    };
    [
        &*wrong,
        ", and ",
        &people,
        " can be reached in no other way. ",
        advice,
    ]
    .concat()
}

/// That one's own network is to blame, without a full stop.
pub(super) fn out_of_reach(port: Option<u16>) -> Cow<'static, str> {
    let Some(port) = port else {
        return "Your network does not reach the server’s media port (UDP)".into();
    };
    let words = "Your network does not reach the server’s media port, UDP\u{a0}";
    [words, &port.to_string()].concat().into()
}

/// When it is tried again.
pub(crate) fn next_try(next: NextTry) -> Cow<'static, str> {
    match next {
        NextTry::Now => "Trying now…".into(),
        NextTry::In(seconds) => ["Next try in ", &seconds.to_string(), "\u{a0}s"]
            .concat()
            .into(),
        NextTry::Sometime => "Tried again by itself".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(cause: MediaPortCause, port: Option<u16>, cut_off: usize) -> String {
        media_port_trouble(MediaPortTrouble {
            cause,
            port,
            cut_off,
            has_failed: false,
        })
    }

    #[test]
    fn a_call_that_goes_on_is_not_called_broken_and_one_that_does_not_says_what_to_do() {
        for cause in [MediaPortCause::Network, MediaPortCause::Server] {
            assert!(told(cause, None, 0).ends_with("The call goes on directly."));
            for (cut_off, words) in [(1, "one person can be"), (7, "7 people can be")] {
                let told = told(cause, None, cut_off);
                assert!(told.contains(words), "{told}");
                assert!(told.contains("whoever runs"), "{told}");
            }
        }
    }

    #[test]
    fn the_network_is_blamed_only_for_what_it_does() {
        for cut_off in [0, 3] {
            assert!(told(MediaPortCause::Network, None, cut_off).contains("Your network"));
            assert!(!told(MediaPortCause::Server, Some(3480), cut_off).contains("network"));
        }
    }

    #[test]
    fn the_port_is_named_where_it_is_known_and_to_blame() {
        for cut_off in [0, 1, 3] {
            let told = |cause, port| told(cause, port, cut_off);
            assert!(
                told(MediaPortCause::Network, Some(3480)).contains("media port, UDP\u{a0}3480")
            );
            assert!(told(MediaPortCause::Network, None).contains("media port (UDP)"));
            assert!(!told(MediaPortCause::Server, Some(3480)).contains("3480"));
        }
    }

    #[test]
    fn the_next_try_is_told_to_the_second() {
        assert_eq!(next_try(NextTry::Now), "Trying now…");
        assert_eq!(next_try(NextTry::In(24)), "Next try in 24\u{a0}s");
        assert_eq!(next_try(NextTry::Sometime), "Tried again by itself");
    }
}
