use super::*;
use crate::server::secrets::random;

fn heard(room: &ToldRoom) -> bool {
    room.heard(&PeerId::new("ada"), SfuAvailability::Ready)
}

#[test]
fn what_a_full_queue_does_not_take_is_to_be_told_again_and_what_nobody_waits_for_is_not() {
    let (room, mut commands) = mpsc::channel(1);
    let queue = ToldRoom {
        queue: room.downgrade(),
        carrying: watch::Sender::new(false),
    };
    assert!(heard(&queue));
    assert!(!heard(&queue), "the queue is full");
    assert!(matches!(
        commands.try_recv(),
        Ok(Command::Heard {
            availability: SfuAvailability::Ready,
            ..
        })
    ));
    assert!(heard(&queue));
    commands.close();
    assert!(heard(&queue), "the room takes nothing more");
    drop(room);
    assert!(heard(&queue), "the room is no more");
}

#[test]
fn no_peer_of_a_room_has_the_id_of_the_sfu() {
    let id = random::peer_id([0; random::PEER_ID_BYTES]);
    assert_ne!(id.as_str().len(), SfuTerms::PEER.len());
    assert_eq!(Sfu::peer().as_str(), SfuTerms::PEER);
}
