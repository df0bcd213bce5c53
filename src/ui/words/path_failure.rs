//! Why somebody cannot be reached, in words, with what to do about it. Pure.

use super::media_port::out_of_reach;
use super::problem::{WayOn, Words};
use crate::protocol::DisplayName;
use crate::room::PathFailure;

/// The words. `relays` says where relays are expected to answer; empty when there are none.
pub fn failure_words(failure: PathFailure, name: &DisplayName, relays: &str) -> Words {
    let name = name.as_str();
    let (title, text) = match failure {
        PathFailure::Offline => (
            "You are offline".into(),
            "This computer does not reach the server. Check your network; the call comes back by itself.".into(),
        ),
        PathFailure::TheyAreAway => (
            [name, " is offline"].concat(),
            [name, " lost the network, and comes back by themselves when it returns."].concat(),
        ),
        PathFailure::NoAnswer => (
            [name, " does not answer"].concat(),
            ["The server reaches ", name, ", but their browser does not reply. Ask them to reload the page."].concat(),
        ),
        PathFailure::NoAddress => (
            "Your browser offers no connection".into(),
            "It found no network to call over. Check that you are online, and that no extension or policy turns WebRTC off.".into(),
        ),
        PathFailure::NoRelay => (
            ["No way to ", name].concat(),
            "Your networks let no direct connection through, and this server has no relay. Ask whoever runs it to turn one on, or try another network.".into(),
        ),
        PathFailure::UdpBlocked => (
            "Your network blocks calls".into(),
            ["It blocks UDP, and the server’s relay did not answer on ", relays, ". Ask whoever runs the network to allow these, or try another one, such as your phone’s."].concat(),
        ),
        PathFailure::RelaySilent => (
            ["No way to ", name].concat(),
            ["No direct connection works, and the server’s relay did not answer on ", relays, ". Ask whoever runs the server whether these ports are open."].concat(),
        ),
        PathFailure::TheyAreBlocked => (
            [name, "’s network blocks calls"].concat(),
            ["It lets no connection through to you or to the server’s relay on ", relays, ". Ask them to try another network."].concat(),
        ),
        PathFailure::NothingThrough => (
            ["No way to ", name].concat(),
            "Both of you reached the server’s relay, but nothing came through it. Try again; if that does not help, tell whoever runs the server.".into(),
        ),
        PathFailure::HandshakeLost => (
            "The connection cannot be secured".into(),
            ["A way to ", name, " was found, but the encryption could not be agreed on. A firewall may interfere: try another network."].concat(),
        ),
        PathFailure::NoMedia => (
            ["Nothing arrives from ", name].concat(),
            "The connection stands, but carries no sound or picture. Try again, or ask them to reload the page.".into(),
        ),
        PathFailure::Excessive => (
            ["No call with ", name, " can be set up"].concat(),
            "What one of you has to say about the connection is too long. Ask them to reload the page, or to use another browser.".into(),
        ),
    };
    Words {
        title: title.into(),
        text: text.into(),
        way_on: WayOn::Retry,
    }
}

/// The words where it is the server that media cannot be brought to, which would pass it on.
pub fn sfu_failure_words(
    failure: PathFailure,
    name: &DisplayName,
    relays: &str,
    port: Option<u16>,
) -> Words {
    match failure {
        PathFailure::Offline => failure_words(failure, name, relays),
        _ => Words {
            title: "No way to the server’s media".into(),
            text: [
                &*out_of_reach(port),
                ". Ask whoever runs the network to allow it.",
            ]
            .concat()
            .into(),
            way_on: WayOn::Retry,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [PathFailure; 12] = [
        PathFailure::Offline,
        PathFailure::TheyAreAway,
        PathFailure::NoAnswer,
        PathFailure::NoAddress,
        PathFailure::NoRelay,
        PathFailure::UdpBlocked,
        PathFailure::RelaySilent,
        PathFailure::TheyAreBlocked,
        PathFailure::NothingThrough,
        PathFailure::HandshakeLost,
        PathFailure::NoMedia,
        PathFailure::Excessive,
    ];

    #[test]
    fn of_the_way_to_the_server_its_port_is_named_once_it_is_known() {
        let name = DisplayName::parse("Ada").unwrap();
        let text = |port| sfu_failure_words(PathFailure::UdpBlocked, &name, "", port).text;
        assert!(text(Some(3480)).contains("media port, UDP\u{a0}3480. Ask"));
        assert!(text(None).contains("media port (UDP). Ask"));
    }

    #[test]
    fn every_failure_is_told_in_its_own_words_and_says_what_to_do() {
        let name = DisplayName::parse("Ada").unwrap();
        let told: Vec<_> = ALL
            .map(|failure| failure_words(failure, &name, "UDP 3478, TCP 3478"))
            .to_vec();
        for (index, words) in told.iter().enumerate() {
            assert!(!told[..index].iter().any(|other| other.text == words.text));
            let advice = ["Ask", "ask", "try", "Try", "Check", "back by"];
            assert!(
                advice.iter().any(|word| words.text.contains(word)),
                "{words:?}"
            );
        }
    }

    #[test]
    fn a_silent_relay_is_named_by_its_ports() {
        let name = DisplayName::parse("Ada").unwrap();
        for failure in [
            PathFailure::UdpBlocked,
            PathFailure::RelaySilent,
            PathFailure::TheyAreBlocked,
        ] {
            let words = failure_words(failure, &name, "UDP 3478, TCP 3478");
            assert!(words.text.contains("on UDP 3478, TCP 3478"));
        }
    }
}
