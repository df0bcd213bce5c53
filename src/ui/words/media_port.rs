//! That the server's media port is out of reach, in words, with what it means and what to do.

use std::borrow::Cow;

use crate::room::{MediaPortCause, MediaPortTrouble};

/// One sentence for what is wrong and one for what follows.
pub(crate) fn media_port_trouble(trouble: MediaPortTrouble) -> Cow<'static, str> {
    match (trouble.cause, trouble.cut_off) {
        (MediaPortCause::Network, 0) => {
            "Your network does not reach the server’s media port (UDP). The call goes on directly."
                .into()
        }
        (MediaPortCause::Server, 0) => {
            "The server does not pass media on at the moment. The call goes on directly.".into()
        }
        (MediaPortCause::Network, 1) => {
            "Your network does not reach the server’s media port (UDP), and one person can be reached in no other way. Ask whoever runs your network to allow it. It is tried again by itself.".into()
        }
        (MediaPortCause::Network, people) => {
            format!("Your network does not reach the server’s media port (UDP), and {people} people can be reached in no other way. Ask whoever runs your network to allow it. It is tried again by itself.").into()
        }
        (MediaPortCause::Server, 1) => {
            "The server does not pass media on at the moment, and one person can be reached in no other way. It is tried again by itself; if that does not help, tell whoever runs the server.".into()
        }
        (MediaPortCause::Server, people) => {
            format!("The server does not pass media on at the moment, and {people} people can be reached in no other way. It is tried again by itself; if that does not help, tell whoever runs the server.").into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(cause: MediaPortCause, cut_off: usize) -> String {
        let trouble = MediaPortTrouble {
            cause,
            cut_off,
            has_failed: false,
        };
        media_port_trouble(trouble).into_owned()
    }

    #[test]
    fn a_call_that_goes_on_is_not_called_broken_and_one_that_does_not_says_what_to_do() {
        for cause in [MediaPortCause::Network, MediaPortCause::Server] {
            assert!(told(cause, 0).ends_with("The call goes on directly."));
            for (cut_off, words) in [(1, "one person can be"), (7, "7 people can be")] {
                let told = told(cause, cut_off);
                assert!(told.contains(words), "{told}");
                assert!(told.contains("tried again by itself"), "{told}");
                assert!(told.contains("whoever runs"), "{told}");
            }
        }
    }

    #[test]
    fn the_network_is_blamed_only_for_what_it_does() {
        for cut_off in [0, 3] {
            assert!(told(MediaPortCause::Network, cut_off).contains("Your network"));
            assert!(!told(MediaPortCause::Server, cut_off).contains("network"));
        }
    }
}
