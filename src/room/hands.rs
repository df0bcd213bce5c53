//! In which order hands went up.
//!
//! Invariant: whoever keeps their hand up keeps their place; the order is that of this participant's own view, for
//! those whose hands were up before they came that of their arrival.

use super::Participant;

/// The order after a change: those still raised in the order of before, then the others.
pub fn order_of_hands(before: &[Participant], raised: &[Participant]) -> Vec<Participant> {
    let still = before.iter().filter(|one| raised.contains(one));
    let fresh = raised.iter().filter(|one| !before.contains(one));
    still.chain(fresh).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::PeerId;

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
