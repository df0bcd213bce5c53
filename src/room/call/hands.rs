//! In which order hands went up.
//!
//! Invariant: whoever keeps their hand up keeps their place; the order is that of this participant's own view, for
//! those whose hands were up before they came that of the server.

use super::state::Call;
use crate::room::ordered::sort_few;
use crate::room::participant::{Hand, Participant};

/// Whose hands are up: mine, then those the server knew the order of, then the others in order of arrival.
pub fn raised_hands(call: &Call) -> Vec<Participant> {
    let me = (call.hand == Hand::Raised).then_some(Participant::Me);
    let mut others: Vec<_> = call
        .people
        .iter()
        .filter(|person| person.hand == Hand::Raised)
        .map(|person| &person.id)
        .collect();
    sort_few(&mut others, |id| {
        let mut earlier = call.earlier_hands.iter();
        earlier.position(|hand| hand == *id).unwrap_or(usize::MAX)
    });
    let others = others.into_iter().cloned().map(Participant::Peer);
    me.into_iter().chain(others).collect()
}

/// The order after a change: those still raised in the order of before, then the others.
pub fn order_of_hands(before: &[Participant], raised: &[Participant]) -> Vec<Participant> {
    let still = before.iter().filter(|one| raised.contains(one));
    let fresh = raised.iter().filter(|one| !before.contains(one));
    still.chain(fresh).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{PeerId, PeerInfo, ServerMessage};
    use crate::room::call::event::{CallAction, SocketEvent};
    use crate::room::testing::fixture::{OneCall, info, peer, welcome};

    /// Joins others whose hands are up, and in which order they went up as far as the server knows.
    fn joined(places: &[(&str, Option<u32>)]) -> OneCall {
        let mut visit = OneCall::default();
        visit.join();
        visit.socket(SocketEvent::Opened);
        visit.server(with_hands(welcome(false, &[]), places));
        visit
    }

    fn with_hands(mut welcome: ServerMessage, places: &[(&str, Option<u32>)]) -> ServerMessage {
        if let ServerMessage::Welcome { peers, .. } = &mut welcome {
            let raised = |(id, place): &(&str, Option<u32>)| PeerInfo {
                hand: true,
                hand_place: *place,
                ..info(id)
            };
            *peers = places.iter().map(raised).collect();
        }
        welcome
    }

    fn hands(visit: &OneCall) -> Vec<Participant> {
        visit.state.call().map_or_else(Vec::new, raised_hands)
    }

    fn people(ids: &[&str]) -> Vec<Participant> {
        ids.iter().map(|id| Participant::Peer(peer(id))).collect()
    }

    #[test]
    fn who_comes_late_sees_hands_in_the_order_they_went_up() {
        let visit = joined(&[("ann", Some(2)), ("ben", Some(3)), ("cem", Some(1))]);
        assert_eq!(hands(&visit), people(&["cem", "ann", "ben"]));
    }

    #[test]
    fn from_a_server_that_does_not_know_it_is_the_order_of_arrival() {
        let visit = joined(&[("ann", None), ("ben", Some(u32::MAX)), ("cem", None)]);
        assert_eq!(hands(&visit), people(&["ben", "ann", "cem"]));
        let visit = joined(&[("ann", None), ("ben", None)]);
        assert_eq!(hands(&visit), people(&["ann", "ben"]));
    }

    #[test]
    fn hands_that_went_up_during_an_outage_follow_in_their_order() {
        let mut visit = joined(&[("ann", None), ("ben", None), ("cem", Some(1))]);
        for id in ["ann", "ben"] {
            visit.server(ServerMessage::PeerHand {
                peer: peer(id),
                raised: false,
            });
        }
        visit.act(CallAction::SetHand(Hand::Raised));
        let before = order_of_hands(&[], &hands(&visit));
        visit.closed(1006);
        visit.wait(60_000);
        visit.socket(SocketEvent::Opened);
        let now = [("ann", Some(4)), ("ben", Some(3)), ("cem", Some(1))];
        visit.server(with_hands(welcome(true, &[]), &now));
        let mut expected = before.clone();
        expected.extend(people(&["ben", "ann"]));
        assert_eq!(before.len(), 2);
        assert_eq!(order_of_hands(&before, &hands(&visit)), expected);
    }

    #[test]
    fn who_keeps_their_hand_up_keeps_their_place() {
        let ben = Participant::Peer(PeerId::new("ben"));
        let me = Participant::Me;
        let order = order_of_hands(&[], std::slice::from_ref(&ben));
        let order = order_of_hands(&order, &[me.clone(), ben.clone()]);
        assert_eq!(order, [ben.clone(), me.clone()]);
        let order = order_of_hands(&order, std::slice::from_ref(&me));
        assert_eq!(
            order_of_hands(&order, &[ben.clone(), me.clone()]),
            [me, ben]
        );
    }
}
