//! What the library says of a connection, in the words of a browser.
//!
//! Invariant: a state is reported when it is another than the last one; only that a connection works is said again, whenever
//! another pair of addresses was found.

use std::time::Duration;

use str0m::IceConnectionState;

use crate::room::{ConnectionState, Pair, PeerEvent};

/// A connection from which nothing comes for so long, not even the answers to four looks, is broken.
pub(super) const LONGEST_SILENCE: Duration = Duration::from_secs(6);

/// How a connection does.
#[derive(Debug, Default)]
pub(super) struct Liveliness {
    /// A pair of addresses works.
    has_pair: bool,
    /// Keys were agreed on.
    has_keys: bool,
    /// Nothing came for long, not even answers: the library waits for longer.
    is_silent: bool,
    /// This was reported last.
    told: Option<ConnectionState>,
}

impl Liveliness {
    /// Whether something that is sent can arrive.
    pub(super) fn is_connected(&self) -> bool {
        self.has_pair && self.has_keys
    }

    /// Both descriptions are set: pairs are tried from now on.
    pub(super) fn begin(&mut self) -> Vec<PeerEvent> {
        self.say(ConnectionState::Connecting, self.told.is_none())
    }

    /// Keys were agreed on.
    pub(super) fn agree(&mut self) -> Vec<PeerEvent> {
        self.has_keys = true;
        self.say(ConnectionState::Connected, self.has_pair)
    }

    /// Whether silence would mean something.
    pub(super) fn is_listened_on(&self) -> bool {
        self.is_connected() && !self.is_silent
    }

    /// Nothing came for so long that the connection is broken.
    pub(super) fn fall_silent(&mut self) -> Vec<PeerEvent> {
        let was_heard = self.is_listened_on();
        self.is_silent = true;
        self.say(ConnectionState::Disconnected, was_heard)
    }

    /// Something came.
    pub(super) fn be_heard(&mut self) -> Vec<PeerEvent> {
        let was_silent = std::mem::replace(&mut self.is_silent, false);
        self.say(
            ConnectionState::Connected,
            was_silent && self.is_connected(),
        )
    }

    /// Pairs of addresses are like this now.
    pub(super) fn hear(&mut self, state: IceConnectionState) -> Vec<PeerEvent> {
        use IceConnectionState::{Checking, Completed, Connected, Disconnected, New};
        match state {
            Connected | Completed => {
                let is_found = !std::mem::replace(&mut self.has_pair, true);
                let mut events = Vec::new();
                if is_found {
                    self.is_silent = false;
                    events.push(PeerEvent::Pair(Pair::Found));
                    events.extend(self.say(ConnectionState::Connected, self.has_keys));
                }
                events
            }
            Disconnected => {
                let had_pair = std::mem::replace(&mut self.has_pair, false);
                let mut events = Vec::new();
                if had_pair {
                    events.push(PeerEvent::Pair(Pair::Missing));
                }
                let was_connected = self.told == Some(ConnectionState::Connected);
                events.extend(self.say(ConnectionState::Disconnected, was_connected));
                events
            }
            // While others are tried, what there was goes on.
            Checking => {
                self.has_pair = false;
                Vec::new()
            }
            New => Vec::new(),
        }
    }

    fn say(&mut self, state: ConnectionState, is_said: bool) -> Vec<PeerEvent> {
        if !is_said {
            return Vec::new();
        }
        self.told = Some(state);
        vec![PeerEvent::Connection(state)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONNECTED: PeerEvent = PeerEvent::Connection(ConnectionState::Connected);
    const FOUND: PeerEvent = PeerEvent::Pair(Pair::Found);
    const MISSING: PeerEvent = PeerEvent::Pair(Pair::Missing);

    #[test]
    fn a_connection_is_one_when_it_has_a_pair_and_keys() {
        let mut liveliness = Liveliness::default();
        let connecting = PeerEvent::Connection(ConnectionState::Connecting);
        assert_eq!(liveliness.begin(), [connecting]);
        assert_eq!(
            liveliness.begin(),
            [],
            "a later negotiation changes nothing"
        );
        assert_eq!(liveliness.hear(IceConnectionState::Checking), []);
        assert_eq!(liveliness.hear(IceConnectionState::Connected), [FOUND]);
        assert!(!liveliness.is_connected());
        assert_eq!(liveliness.agree(), [CONNECTED]);
        assert_eq!(liveliness.hear(IceConnectionState::Completed), []);
        assert!(liveliness.is_connected());
    }

    #[test]
    fn silence_breaks_a_connection_that_was_one_and_a_sound_mends_it() {
        let mut liveliness = Liveliness::default();
        liveliness.begin();
        assert_eq!(liveliness.fall_silent(), []);
        assert_eq!(liveliness.be_heard(), []);
        liveliness.hear(IceConnectionState::Connected);
        liveliness.agree();
        let lost = PeerEvent::Connection(ConnectionState::Disconnected);
        assert_eq!(liveliness.fall_silent(), [lost]);
        assert_eq!(liveliness.fall_silent(), []);
        assert_eq!(liveliness.be_heard(), [CONNECTED]);
        assert_eq!(liveliness.be_heard(), []);
    }

    #[test]
    fn what_is_lost_and_found_is_told_and_failing_before_is_not() {
        let mut liveliness = Liveliness::default();
        liveliness.begin();
        assert_eq!(liveliness.hear(IceConnectionState::Disconnected), []);
        liveliness.hear(IceConnectionState::Connected);
        liveliness.agree();
        let lost = PeerEvent::Connection(ConnectionState::Disconnected);
        assert_eq!(
            liveliness.hear(IceConnectionState::Disconnected),
            [MISSING, lost]
        );
        assert_eq!(
            liveliness.hear(IceConnectionState::Connected),
            [FOUND, CONNECTED]
        );
        assert_eq!(liveliness.hear(IceConnectionState::Checking), []);
        assert_eq!(
            liveliness.hear(IceConnectionState::Connected),
            [FOUND, CONNECTED],
            "another pair ends trouble that only the model knows of"
        );
    }
}
