//! The way in: from the lobby to the first `welcome`, or back to the lobby with words why not.
//!
//! Invariant: it ends, in one or the other, within [`PATIENCE_MS`] and [`MOST_ATTEMPTS`].

use crate::protocol::{
    ClientMessage, CloseCode, DisplayName, ErrorCode, MediaState, ProtocolError, RoomName,
};

use super::backoff;
use super::effect::Effect;
use super::person::Hand;
use super::roster::Snapshot;
use super::state::{Call, Entry, JoinProblem, Lobby, RoomState};
use super::update::Turn;
use super::{path, roster};

/// How long joining may take, in ms.
const PATIENCE_MS: u64 = 10_000;

/// How many sockets are tried.
const MOST_ATTEMPTS: u32 = 4;

/// The user pressed Join.
pub(super) fn begin(
    room: RoomName,
    name: DisplayName,
    media: MediaState,
    turn: &mut Turn,
) -> RoomState {
    turn.effect(Effect::Connect { after_ms: 0 });
    RoomState::Joining(Entry {
        room,
        name,
        since: turn.now,
        attempts: 1,
        media,
    })
}

/// The user thought better of it.
pub(super) fn cancel(entry: Entry, turn: &mut Turn) -> RoomState {
    turn.send(ClientMessage::Leave);
    turn.effect(Effect::Disconnect);
    RoomState::Lobby(Lobby {
        problem: None,
        media: entry.media,
    })
}

/// The socket is open: asks to be let in.
pub(super) fn introduce(entry: Entry, turn: &mut Turn) -> RoomState {
    turn.send(ClientMessage::Join {
        room: entry.room.as_str().to_owned(),
        name: entry.name.as_str().to_owned(),
        resume: None,
        media: Some(entry.media),
    });
    RoomState::Joining(entry)
}

/// The server lets us in: calls everyone who is there.
pub(super) fn enter(entry: Entry, snapshot: Snapshot, turn: &mut Turn) -> RoomState {
    let mut call = Call {
        room: entry.room,
        name: entry.name,
        me: snapshot.me,
        resume: snapshot.resume,
        people: Vec::new(),
        media: entry.media,
        hand: Hand::Lowered,
        limits: snapshot.limits,
        ice_servers: snapshot.ice_servers,
    };
    turn.send(ClientMessage::Media(call.media));
    roster::meet_everyone(&mut call, snapshot.people, turn);
    path::begin_all(&mut call, turn);
    RoomState::Joined(call)
}

/// The server refuses, or complains.
pub(super) fn on_error(entry: Entry, error: ProtocolError, turn: &mut Turn) -> RoomState {
    match error.code {
        ErrorCode::ShuttingDown | ErrorCode::RateLimited | ErrorCode::UnknownPeer => {
            RoomState::Joining(entry)
        }
        code => give_up(entry, JoinProblem::Refused(code, error.message), turn),
    }
}

/// The socket closed before the server let us in.
pub(super) fn on_closed(mut entry: Entry, code: CloseCode, turn: &mut Turn) -> RoomState {
    match code {
        CloseCode::Policy | CloseCode::Removed => {
            let words = "The server does not let you into this room.".to_owned();
            let problem = JoinProblem::Refused(ErrorCode::Unauthorized, words);
            give_up(entry, problem, turn)
        }
        _ if entry.attempts >= MOST_ATTEMPTS => give_up(entry, JoinProblem::Unreachable, turn),
        _ => {
            turn.effect(Effect::Connect {
                after_ms: backoff::wait_ms(entry.attempts - 1, turn.chance),
            });
            entry.attempts += 1;
            RoomState::Joining(entry)
        }
    }
}

/// Time passed.
pub(super) fn on_tick(entry: Entry, turn: &mut Turn) -> RoomState {
    if turn.now.since(entry.since) >= PATIENCE_MS {
        return give_up(entry, JoinProblem::Unreachable, turn);
    }
    RoomState::Joining(entry)
}

fn give_up(entry: Entry, problem: JoinProblem, turn: &mut Turn) -> RoomState {
    turn.effect(Effect::Disconnect);
    RoomState::Lobby(Lobby {
        problem: Some(problem),
        media: entry.media,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::PeerId;
    use crate::room::fixture::{BOTH, Visit, commands, info, limits, peer, sent, welcome};
    use crate::room::{Event, Intent, PeerCommand, PeerEvent, SocketEvent};

    fn problem(visit: &Visit) -> Option<&JoinProblem> {
        match &visit.state {
            RoomState::Lobby(lobby) => lobby.problem.as_ref(),
            state => panic!("not in the lobby: {state:?}"),
        }
    }

    #[test]
    fn the_newcomer_says_what_it_sends_and_offers_to_everyone_who_is_there() {
        let mut visit = Visit::default();
        visit.feed(Event::Media(BOTH));
        assert_eq!(visit.join(), [Effect::Connect { after_ms: 0 }]);
        let effects = visit.socket(SocketEvent::Opened);
        assert!(matches!(
            sent(&effects)[..],
            [ClientMessage::Join {
                resume: None,
                media: Some(BOTH),
                ..
            }]
        ));
        let effects = visit.server(welcome(false, &["a", "b"]));
        for id in ["a", "b"] {
            assert!(matches!(
                commands(&effects, id)[..],
                [
                    PeerCommand::Open {
                        generation: 1,
                        initiator: true,
                        ..
                    },
                    PeerCommand::Offer { ice_restart: false }
                ]
            ));
        }
        assert_eq!(visit.people(), ["a", "b"]);
        let effects = visit.peer(
            "b",
            1,
            PeerEvent::LocalOffer {
                sdp: "o".to_owned(),
            },
        );
        assert_eq!(
            effects,
            [Effect::Send(ClientMessage::Offer {
                target: peer("b"),
                sdp: "o".to_owned(),
                serial: Some(1)
            })]
        );
    }

    #[test]
    fn a_refusal_leads_back_to_the_lobby_with_the_servers_words() {
        for code in [
            ErrorCode::RoomFull,
            ErrorCode::BadName,
            ErrorCode::BadRoom,
            ErrorCode::Unauthorized,
        ] {
            let mut visit = Visit::default();
            visit.join();
            visit.socket(SocketEvent::Opened);
            assert_eq!(visit.error(code, true), [Effect::Disconnect]);
            let words = "words".to_owned();
            assert_eq!(problem(&visit), Some(&JoinProblem::Refused(code, words)));
            assert_eq!(visit.closed(1008), []);
        }
    }

    #[test]
    fn an_unreachable_server_is_tried_four_times() {
        let mut visit = Visit::default();
        visit.join();
        for _ in 0..3 {
            assert!(matches!(
                visit.closed(1006)[..],
                [Effect::Connect { after_ms: 1.. }]
            ));
        }
        assert_eq!(visit.closed(1006), [Effect::Disconnect]);
        assert_eq!(problem(&visit), Some(&JoinProblem::Unreachable));
    }

    #[test]
    fn a_server_that_never_answers_is_given_up_after_ten_seconds() {
        let mut visit = Visit::default();
        visit.join();
        visit.socket(SocketEvent::Opened);
        assert_eq!(visit.wait(9_750), []);
        assert_eq!(visit.wait(250), [Effect::Disconnect]);
        assert_eq!(problem(&visit), Some(&JoinProblem::Unreachable));
    }

    #[test]
    fn a_change_of_mind_on_the_way_in_leads_back_to_the_lobby() {
        let mut visit = Visit::default();
        visit.join();
        let effects = visit.intend(Intent::Leave);
        assert_eq!(effects.last(), Some(&Effect::Disconnect));
        assert_eq!(problem(&visit), None);
        assert_eq!(visit.socket(SocketEvent::Opened), [Effect::Disconnect]);
    }

    #[test]
    fn a_server_that_lies_about_the_room_cannot_make_it_grow_or_list_anyone_twice() {
        let mut visit = Visit::default();
        visit.join();
        let mut peers = vec![info("me"), info("a"), info("a")];
        peers.extend((0..5_000).map(|number| info(&format!("p{number}"))));
        peers[1].name = "\u{202e}".repeat(100);
        let crowd = crate::protocol::ServerMessage::Welcome {
            peer: PeerId::new("me"),
            resume: crate::protocol::ResumeToken::new("t"),
            resumed: true,
            room: "another".to_owned(),
            peers,
            ice_servers: Vec::new(),
            limits: crate::protocol::Limits {
                room_capacity: u32::MAX,
                ..limits()
            },
            recovering: true,
        };
        visit.server(crowd);
        let people = visit.people();
        assert_eq!(people.len(), 1_000);
        assert_eq!(people[..2], ["a", "p0"]);
        assert_eq!(visit.person("a").name.as_str(), "a");
    }
}
