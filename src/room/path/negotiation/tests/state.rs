//! Negotiation with one peer, message by message. Whole rooms are in the simulation.

use super::*;
use crate::protocol::IceCandidate;
use crate::room::path::command::Shape;

/// What a description of connection `author` with ICE generation `fragment` looks like.
fn sdp(author: u32, fragment: &str) -> String {
    format!(
        "o=- {author} 2 IN IP4 0.0.0.0\na=fingerprint:sha-256 {author}\na=ice-ufrag:{fragment}\n"
    )
}

fn at(ms: u64) -> Terms<'static> {
    Terms {
        now: Moment(ms),
        ice_servers: &[],
        shape: Shape::Mesh,
    }
}

fn failed() -> PeerEvent {
    PeerEvent::OperationFailed {
        name: "OperationError".to_owned(),
    }
}

fn commands(steps: &[NegotiationStep]) -> Vec<&str> {
    steps
        .iter()
        .map(|step| match step {
            NegotiationStep::Command(PeerCommand::Open {
                initiator: true, ..
            }) => "open",
            NegotiationStep::Command(PeerCommand::Open { .. }) => "open to answer",
            NegotiationStep::Command(PeerCommand::Offer { ice_restart: true }) => "restart",
            NegotiationStep::Command(PeerCommand::Offer { .. }) => "offer",
            NegotiationStep::Command(PeerCommand::AcceptOffer { .. }) => "accept offer",
            NegotiationStep::Command(PeerCommand::AcceptAnswer { .. }) => "accept answer",
            NegotiationStep::Command(PeerCommand::AddCandidate(_)) => "add candidate",
            NegotiationStep::Command(PeerCommand::SetIceServers(_)) => "set servers",
            NegotiationStep::Command(PeerCommand::SetRoute(_)) => "set route",
            NegotiationStep::Command(PeerCommand::SetPictures(_)) => "set pictures",
            NegotiationStep::Command(PeerCommand::SetSlots(_)) => "set slots",
            NegotiationStep::Command(PeerCommand::Close) => "close",
            NegotiationStep::Send(Signal::Offer { .. }) => "send offer",
            NegotiationStep::Send(Signal::Answer { .. }) => "send answer",
            NegotiationStep::Send(Signal::Candidate(_)) => "send candidate",
            NegotiationStep::Refuse => "refuse",
        })
        .collect()
}

/// The newcomer, whose first offer was sent.
fn offered() -> Negotiation {
    let mut newcomer = Negotiation::offering(Tie::Stays, Moment(0));
    assert_eq!(commands(&newcomer.begin(at(0))), ["open", "offer"]);
    let event = PeerEvent::LocalOffer { sdp: sdp(1, "a") };
    let steps = newcomer.hear_connection(1, event, at(0));
    assert_eq!(commands(&steps), ["send offer"]);
    newcomer
}

/// The newcomer after the first exchange.
fn settled_newcomer() -> Negotiation {
    let mut newcomer = offered();
    newcomer.hear_answer(sdp(2, "b"), Some(1), at(0));
    newcomer.hear_connection(1, PeerEvent::AnswerApplied, at(0));
    assert!(newcomer.is_settled());
    newcomer
}

/// The one who was there first, after the first exchange.
fn settled_resident() -> Negotiation {
    let mut resident = Negotiation::waiting(Tie::Stays);
    let steps = resident.hear_offer(sdp(1, "a"), Some(1), at(0));
    assert_eq!(commands(&steps), ["open to answer", "accept offer"]);
    let event = PeerEvent::LocalAnswer { sdp: sdp(2, "b") };
    let steps = resident.hear_connection(1, event, at(0));
    assert_eq!(commands(&steps), ["send answer"]);
    assert!(resident.is_settled());
    resident
}

fn candidate(fragment: Option<&str>) -> Option<IceCandidate> {
    Some(IceCandidate {
        username_fragment: fragment.map(str::to_owned),
        ..IceCandidate::default()
    })
}

#[test]
fn the_one_who_waits_offers_nothing_by_itself() {
    let mut resident = Negotiation::waiting(Tie::Stays);
    assert_eq!(resident.tick(Reachability::Present, at(600_000)), []);
    assert_eq!(resident.repeat(Moment(600_000)), []);
}

#[test]
fn the_one_who_waits_offers_after_all_when_the_other_met_them_anew_and_may_wait_as_well() {
    let mut resident = Negotiation::waiting(Tie::Stays);
    assert_eq!(resident.repeat(Moment(10_000)), []);
    assert_eq!(
        commands(&resident.tick(Reachability::Present, at(12_999))),
        Vec::<&str>::new()
    );
    assert_eq!(
        commands(&resident.tick(Reachability::Present, at(13_000))),
        ["open", "offer"]
    );
}

#[test]
fn an_offer_made_before_the_need_was_seen_covers_it() {
    let mut newcomer = offered();
    let needed = || PeerEvent::NegotiationNeeded;
    assert_eq!(newcomer.hear_connection(1, needed(), at(1)), []);
    newcomer.hear_answer(sdp(2, "b"), Some(1), at(2));
    newcomer.hear_connection(1, PeerEvent::AnswerApplied, at(3));
    assert!(newcomer.is_settled());
    let steps = newcomer.hear_connection(1, needed(), at(4));
    assert_eq!(commands(&steps), ["offer"]);
}

#[test]
fn an_impolite_side_stays_with_its_offer_and_a_polite_one_gives_way() {
    let mut resident = settled_resident();
    resident.hear_connection(1, PeerEvent::NegotiationNeeded, at(1));
    let event = PeerEvent::LocalOffer { sdp: sdp(2, "b") };
    resident.hear_connection(1, event, at(2));
    assert_eq!(resident.hear_offer(sdp(1, "a"), Some(2), at(3)), []);
    let steps = resident.hear_answer(sdp(1, "a"), Some(1), at(4));
    assert_eq!(commands(&steps), ["accept answer"]);

    let mut newcomer = settled_newcomer();
    newcomer.hear_connection(1, PeerEvent::NegotiationNeeded, at(1));
    let event = PeerEvent::LocalOffer { sdp: sdp(1, "a") };
    newcomer.hear_connection(1, event, at(2));
    let steps = newcomer.hear_offer(sdp(2, "b"), Some(1), at(3));
    assert_eq!(commands(&steps), ["accept offer"]);
    let late = newcomer.hear_answer(sdp(2, "b"), Some(2), at(4));
    assert_eq!(late, [], "the answer to an offer that was taken back");
}

#[test]
fn a_polite_side_does_not_send_an_offer_that_was_overtaken() {
    let mut newcomer = settled_newcomer();
    newcomer.hear_connection(1, PeerEvent::NegotiationNeeded, at(1));
    assert_eq!(newcomer.hear_offer(sdp(2, "b"), Some(1), at(2)), []);
    let event = PeerEvent::LocalOffer { sdp: sdp(1, "a") };
    let steps = newcomer.hear_connection(1, event, at(3));
    assert_eq!(commands(&steps), ["accept offer"]);
}

#[test]
fn of_the_offers_that_wait_only_the_latest_counts() {
    let mut resident = settled_resident();
    let steps = resident.hear_offer(sdp(1, "c"), Some(2), at(1));
    assert_eq!(commands(&steps), ["accept offer"]);
    assert_eq!(resident.hear_offer(sdp(1, "d"), Some(4), at(2)), []);
    assert_eq!(resident.hear_offer(sdp(1, "e"), Some(3), at(3)), []);
    let event = PeerEvent::LocalAnswer { sdp: sdp(2, "b") };
    let steps = resident.hear_connection(1, event, at(4));
    assert_eq!(
        steps[1],
        NegotiationStep::Command(PeerCommand::AcceptOffer { sdp: sdp(1, "d") })
    );
}

#[test]
fn a_repeated_offer_gets_the_same_answer_and_a_stale_one_none() {
    let mut resident = settled_resident();
    let steps = resident.hear_offer(sdp(1, "a"), Some(1), at(1));
    let answer = Signal::Answer {
        sdp: sdp(2, "b"),
        serial: Some(1),
    };
    assert_eq!(steps, [NegotiationStep::Send(answer)]);
    resident.hear_offer(sdp(1, "c"), Some(5), at(2));
    assert_eq!(resident.hear_offer(sdp(1, "d"), Some(4), at(3)), []);
}

#[test]
fn peers_that_do_not_number_their_offers_are_understood() {
    let mut resident = Negotiation::waiting(Tie::Stays);
    resident.hear_offer(sdp(1, "a"), None, at(0));
    let event = PeerEvent::LocalAnswer { sdp: sdp(2, "b") };
    let steps = resident.hear_connection(1, event, at(1));
    let answer = Signal::Answer {
        sdp: sdp(2, "b"),
        serial: None,
    };
    assert_eq!(steps, [NegotiationStep::Send(answer)]);
    let mut newcomer = offered();
    let steps = newcomer.hear_answer(sdp(2, "b"), None, at(1));
    assert_eq!(commands(&steps), ["accept answer"]);
}

#[test]
fn an_unanswered_offer_is_said_again_and_in_the_end_made_anew() {
    let mut newcomer = offered();
    assert_eq!(newcomer.tick(Reachability::Present, at(2_900)), []);
    let steps = newcomer.tick(Reachability::Present, at(3_000));
    assert_eq!(
        steps,
        [NegotiationStep::Send(Signal::Offer {
            sdp: sdp(1, "a"),
            serial: 1
        })]
    );
    let mut seen = Vec::new();
    for ms in (3_250..90_000).step_by(250) {
        seen.extend(newcomer.tick(Reachability::Present, at(ms)));
    }
    let seen = commands(&seen);
    assert_eq!(
        seen[..6],
        ["send offer"; 5]
            .iter()
            .copied()
            .chain(["close"])
            .collect::<Vec<_>>()[..]
    );
    assert_eq!(seen[6..8], ["open", "offer"]);
}

#[test]
fn nothing_is_said_again_to_someone_who_cannot_hear() {
    let mut newcomer = offered();
    for ms in (0..120_000).step_by(250) {
        assert_eq!(newcomer.tick(Reachability::Absent, at(ms)), []);
    }
    assert_eq!(commands(&newcomer.repeat(Moment(120_000))), ["send offer"]);
}

#[test]
fn a_failed_operation_is_tried_again_and_then_the_connection_is_built_anew() {
    let mut newcomer = Negotiation::offering(Tie::Stays, Moment(0));
    newcomer.begin(at(0));
    assert_eq!(newcomer.hear_connection(1, failed(), at(0)), []);
    let steps = newcomer.tick(Reachability::Present, at(250));
    assert_eq!(commands(&steps), ["offer"]);
    let steps = newcomer.hear_connection(1, failed(), at(300));
    assert_eq!(commands(&steps), ["close", "open", "offer"]);
    assert_eq!(newcomer.generation(), 2);
    let late = newcomer.hear_connection(1, PeerEvent::LocalOffer { sdp: sdp(1, "a") }, at(310));
    assert_eq!(late, [], "the old connection is not listened to");
}

#[test]
fn a_connection_that_cannot_be_built_is_tried_ever_more_rarely() {
    let mut newcomer = Negotiation::offering(Tie::Stays, Moment(0));
    let mut opened = Vec::new();
    for ms in (0..300_000).step_by(250) {
        for step in newcomer.tick(Reachability::Present, at(ms)) {
            match step {
                NegotiationStep::Command(PeerCommand::Open { .. }) => opened.push(ms),
                NegotiationStep::Command(PeerCommand::Offer { .. }) => {
                    let generation = newcomer.generation();
                    newcomer.hear_connection(generation, failed(), at(ms));
                }
                _ => {}
            }
        }
    }
    assert!((8..25).contains(&opened.len()), "{opened:?}");
}

#[test]
fn the_offer_of_another_connection_replaces_the_old_one() {
    let mut resident = settled_resident();
    let steps = resident.hear_offer(sdp(3, "c"), Some(2), at(1));
    assert_eq!(
        commands(&steps),
        ["close", "open to answer", "accept offer"]
    );
    let late = resident.hear_offer(sdp(1, "a"), Some(3), at(2));
    assert_eq!(late, [], "the peer's old connection is not listened to");
}

#[test]
fn the_answer_of_another_connection_has_the_own_one_built_anew() {
    let mut newcomer = settled_newcomer();
    newcomer.hear_connection(1, PeerEvent::NegotiationNeeded, at(1));
    newcomer.hear_connection(1, PeerEvent::LocalOffer { sdp: sdp(1, "a") }, at(1));
    let steps = newcomer.hear_answer(sdp(9, "z"), Some(2), at(2));
    assert_eq!(commands(&steps), ["close", "open", "offer"]);
}

#[test]
fn candidates_wait_for_their_description() {
    let mut newcomer = offered();
    assert_eq!(newcomer.hear_candidate(candidate(Some("b"))), []);
    assert_eq!(newcomer.hear_candidate(candidate(Some("other"))), []);
    newcomer.hear_answer(sdp(2, "b"), Some(1), at(1));
    assert_eq!(newcomer.hear_candidate(candidate(None)), []);
    let steps = newcomer.hear_connection(1, PeerEvent::AnswerApplied, at(2));
    assert_eq!(
        steps,
        [
            NegotiationStep::Command(PeerCommand::AddCandidate(candidate(Some("b")))),
            NegotiationStep::Command(PeerCommand::AddCandidate(candidate(None)))
        ]
    );
    let steps = newcomer.hear_candidate(candidate(Some("b")));
    assert_eq!(commands(&steps), ["add candidate"]);
}

/// One of many candidates of an ICE generation.
fn numbered(fragment: &str, number: usize) -> Option<IceCandidate> {
    Some(IceCandidate {
        candidate: format!("candidate:1 1 udp 1 198.18.0.1 {number} typ host"),
        ..candidate(Some(fragment)).unwrap()
    })
}

#[test]
fn of_each_ice_generation_so_many_candidates_are_given_to_the_browser_and_no_more() {
    let mut resident = settled_resident();
    let flood = |resident: &mut Negotiation, fragment: &str| {
        let steps =
            (0..2_229).flat_map(|number| resident.hear_candidate(numbered(fragment, number)));
        steps.count()
    };
    assert_eq!(flood(&mut resident, "a"), 64);
    assert_eq!(flood(&mut resident, "a"), 0);
    assert_eq!(
        flood(&mut resident, "c"),
        0,
        "they wait for their description"
    );
    resident.hear_offer(sdp(1, "c"), Some(2), at(1));
    let event = PeerEvent::LocalAnswer { sdp: sdp(2, "b") };
    let steps = resident.hear_connection(1, event, at(2));
    let given = commands(&steps)
        .into_iter()
        .filter(|step| *step == "add candidate");
    assert_eq!(given.count(), 64);
    assert_eq!(flood(&mut resident, "c"), 0);
}

#[test]
fn candidates_in_a_description_count_among_them_whoever_offers() {
    let many = |author, fragment: &str| {
        let line = |port| format!("a=candidate:1 1 udp 1 198.18.0.1 {port} typ host\n");
        [sdp(author, fragment), (0..500).map(line).collect()].concat()
    };
    let lines = |sdp: &str| sdp.matches("a=candidate").count();
    let mut resident = Negotiation::waiting(Tie::Stays);
    let steps = resident.hear_offer(many(1, "a"), Some(1), at(0));
    assert!(
        matches!(&steps[1], NegotiationStep::Command(PeerCommand::AcceptOffer { sdp }) if lines(sdp) == 64),
        "{steps:?}"
    );
    resident.hear_connection(1, PeerEvent::LocalAnswer { sdp: sdp(2, "b") }, at(1));
    assert_eq!(resident.hear_candidate(numbered("a", 400)), []);
    let mut newcomer = offered();
    let steps = newcomer.hear_answer(many(2, "b"), Some(1), at(1));
    assert!(
        matches!(&steps[0], NegotiationStep::Command(PeerCommand::AcceptAnswer { sdp }) if lines(sdp) == 64)
    );
}

#[test]
fn what_is_too_long_for_a_candidate_is_none() {
    let mut resident = settled_resident();
    let long = IceCandidate {
        candidate: "x".repeat(60_000),
        ..candidate(Some("a")).unwrap()
    };
    assert_eq!(resident.hear_candidate(Some(long)), []);
    assert_eq!(resident.held.len(), 0);
}

#[test]
fn candidates_are_said_again_only_until_the_connection_stands() {
    let mut newcomer = settled_newcomer();
    let event = PeerEvent::Candidate(candidate(Some("a")));
    newcomer.hear_connection(1, event, at(1));
    assert_eq!(commands(&newcomer.repeat(Moment(2))), ["send candidate"]);
    let event = PeerEvent::Connection(ConnectionState::Connected);
    newcomer.hear_connection(1, event, at(3));
    assert_eq!(newcomer.repeat(Moment(4)), []);
}

#[test]
fn an_ice_restart_waits_until_nothing_is_under_way() {
    let mut newcomer = offered();
    assert_eq!(newcomer.restart_ice(Route::Any, at(1)), []);
    newcomer.hear_answer(sdp(2, "b"), Some(1), at(2));
    let steps = newcomer.hear_connection(1, PeerEvent::AnswerApplied, at(3));
    assert_eq!(commands(&steps), ["restart"]);
}

#[test]
fn two_impolite_sides_settle_it_by_their_ids() {
    let impolite_with_offer = |tie| {
        let mut resident = settled_resident();
        resident.tie = tie;
        resident.hear_connection(1, PeerEvent::NegotiationNeeded, at(1));
        resident.hear_connection(1, PeerEvent::LocalOffer { sdp: sdp(2, "b") }, at(1));
        resident.repeat(Moment(2));
        resident.repeat(Moment(3));
        resident
    };
    let mut stays = impolite_with_offer(Tie::Stays);
    assert_eq!(stays.hear_offer(sdp(1, "a"), Some(2), at(4)), []);
    let mut yields = impolite_with_offer(Tie::Yields);
    let steps = yields.hear_offer(sdp(1, "a"), Some(2), at(4));
    assert_eq!(commands(&steps), ["accept offer"]);
}

#[test]
fn closing_says_so_once() {
    let mut newcomer = settled_newcomer();
    assert_eq!(
        newcomer.close(),
        Some(NegotiationStep::Command(PeerCommand::Close))
    );
    assert_eq!(newcomer.close(), None);
    assert_eq!(newcomer.tick(Reachability::Present, at(600_000)), []);
}

#[test]
fn ever_new_connections_are_taken_one_a_second_and_of_those_that_wait_the_newest() {
    let mut resident = settled_resident();
    let mut opened = Vec::new();
    let mut note = |ms: u64, steps: Vec<NegotiationStep>| {
        let opens = commands(&steps).contains(&"open to answer");
        opened.extend(opens.then_some(ms));
    };
    for number in 0..900_u64 {
        let ms = number * 10;
        let author = u32::try_from(number).unwrap() + 10;
        let steps = resident.hear_offer(sdp(author, "c"), Some(author), at(ms));
        note(ms, steps);
        note(ms, resident.tick(Reachability::Present, at(ms)));
    }
    assert_eq!(
        opened,
        [0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000]
    );
    assert_eq!(
        resident.next_deadline(Reachability::Absent),
        Some(Moment(9_000))
    );
    assert_eq!(resident.tick(Reachability::Present, at(8_999)), []);
    let steps = resident.tick(Reachability::Present, at(9_000));
    let newest = NegotiationStep::Command(PeerCommand::AcceptOffer { sdp: sdp(909, "c") });
    assert_eq!(steps.last(), Some(&newest));
}

#[test]
fn what_waits_for_its_turn_is_void_once_the_peer_says_something_newer() {
    let mut resident = settled_resident();
    resident.hear_offer(sdp(3, "c"), Some(2), at(0));
    let event = PeerEvent::LocalAnswer { sdp: sdp(4, "d") };
    resident.hear_connection(2, event, at(0));
    assert_eq!(resident.hear_offer(sdp(5, "e"), Some(3), at(1)), []);
    assert_eq!(
        resident.hear_offer(sdp(5, "e"), Some(3), at(2)),
        [],
        "said again"
    );
    let steps = resident.hear_offer(sdp(3, "f"), Some(4), at(3));
    assert_eq!(commands(&steps), ["accept offer"]);
    assert_eq!(resident.reopening.next_deadline(), None);
}

#[test]
fn candidates_of_a_connection_that_waits_for_its_turn_wait_with_it() {
    let mut resident = settled_resident();
    resident.hear_offer(sdp(3, "c"), Some(2), at(0));
    let answered = || PeerEvent::LocalAnswer { sdp: sdp(4, "d") };
    resident.hear_connection(2, answered(), at(0));
    resident.hear_offer(sdp(5, "e"), Some(3), at(1));
    assert_eq!(resident.hear_candidate(candidate(None)), []);
    assert_eq!(resident.hear_candidate(candidate(Some("e"))), []);
    let steps = resident.tick(Reachability::Present, at(1_000));
    assert_eq!(
        commands(&steps),
        ["close", "open to answer", "accept offer"]
    );
    let steps = resident.hear_connection(3, answered(), at(1_001));
    assert_eq!(
        commands(&steps),
        ["send answer", "add candidate", "add candidate"]
    );
}

#[test]
fn the_number_of_an_offer_at_hand_or_answered_says_nothing_of_another_connections_offer() {
    let reopening = ["close", "open to answer", "accept offer"];
    let mut resident = settled_resident();
    let steps = resident.hear_offer(sdp(3, "c"), Some(1), at(1));
    assert_eq!(commands(&steps), reopening);
    let steps = resident.hear_offer(sdp(5, "e"), Some(1), at(2_000));
    assert_eq!(commands(&steps), reopening);
    assert_eq!(resident.hear_offer(sdp(5, "e"), Some(1), at(2_001)), []);
}

#[test]
fn an_ice_restart_under_the_number_of_the_last_offer_is_answered_anew() {
    let mut resident = settled_resident();
    let steps = resident.hear_offer(sdp(1, "c"), Some(1), at(1));
    assert_eq!(commands(&steps), ["accept offer"]);
}

/// What a client writes that has one certificate for all its connections, and another session id and other ICE credentials
/// in each description.
fn restless(number: u32) -> String {
    format!("o=- {number} 0 IN IP4 0.0.0.0\na=fingerprint:sha-256 one\na=ice-ufrag:{number}\n")
}

/// The same of a client that names the media sources of the connection.
fn restless_with_source(number: u32, source: u32) -> String {
    [restless(number), format!("a=ssrc:{source} cname:x\n")].concat()
}

#[test]
fn with_one_certificate_and_restless_session_ids_an_ice_restart_is_of_the_connection_with_its_sources()
 {
    let mut resident = Negotiation::waiting(Tie::Stays);
    let answered = || PeerEvent::LocalAnswer { sdp: sdp(2, "b") };
    resident.hear_offer(restless_with_source(1, 70), Some(1), at(0));
    resident.hear_connection(1, answered(), at(0));
    let steps = resident.hear_offer(restless_with_source(2, 70), Some(2), at(1));
    assert_eq!(commands(&steps), ["accept offer"]);
    resident.hear_connection(1, answered(), at(1));
    resident.restart_ice(Route::Any, at(2));
    resident.hear_connection(1, PeerEvent::LocalOffer { sdp: sdp(2, "c") }, at(2));
    let steps = resident.hear_answer(restless_with_source(3, 70), None, at(3));
    assert_eq!(commands(&steps), ["accept answer"]);
    resident.hear_connection(1, PeerEvent::AnswerApplied, at(3));
    let steps = resident.hear_offer(restless_with_source(4, 80), Some(3), at(4));
    assert_eq!(
        commands(&steps),
        ["close", "open to answer", "accept offer"]
    );
}

#[test]
fn an_answer_with_the_number_of_the_offer_is_believed_unless_it_shows_that_another_connection_wrote_it()
 {
    let answered = |first: String, second: String, serial| {
        let mut newcomer = offered();
        newcomer.hear_answer(first, Some(1), at(0));
        newcomer.hear_connection(1, PeerEvent::AnswerApplied, at(0));
        newcomer.restart_ice(Route::Any, at(1));
        newcomer.hear_connection(1, PeerEvent::LocalOffer { sdp: sdp(1, "c") }, at(1));
        let steps = newcomer.hear_answer(second, serial, at(2));
        commands(&steps).concat()
    };
    let (believed, begins_anew) = ("accept answer", "closeopenoffer");
    assert_eq!(answered(restless(1), restless(2), Some(2)), believed);
    assert_eq!(answered(restless(1), restless(2), None), begins_anew);
    let (known, other) = (restless_with_source(1, 70), restless_with_source(2, 80));
    assert_eq!(answered(known, other, Some(2)), begins_anew);
}

#[test]
fn what_a_connection_says_without_numbers_that_was_replaced_by_a_newer_one_is_late() {
    let mut resident = settled_resident();
    let steps = resident.hear_offer(sdp(3, "c"), None, at(1));
    assert_eq!(
        commands(&steps),
        ["close", "open to answer", "accept offer"]
    );
    let event = PeerEvent::LocalAnswer { sdp: sdp(4, "d") };
    resident.hear_connection(2, event, at(1));
    assert_eq!(resident.hear_offer(sdp(1, "e"), None, at(2)), []);
    assert_eq!(resident.tick(Reachability::Present, at(60_000)), []);
}

/// The newcomer after they began anew, and heard an offer without a number from the connection they gave up.
fn began_anew_while_the_other_offered() -> Negotiation {
    let mut newcomer = settled_newcomer();
    newcomer.rebuild(at(1));
    newcomer.hear_connection(2, PeerEvent::LocalOffer { sdp: sdp(5, "e") }, at(1));
    assert_eq!(newcomer.hear_offer(sdp(2, "f"), None, at(2)), []);
    assert_eq!(newcomer.hear_offer(sdp(2, "f"), None, at(3)), []);
    newcomer
}

#[test]
fn an_offer_without_a_number_from_a_connection_that_was_given_up_waits_for_the_answer_to_the_own_one()
 {
    let mut newcomer = began_anew_while_the_other_offered();
    let steps = newcomer.hear_answer(sdp(6, "g"), Some(2), at(500));
    assert_eq!(commands(&steps), ["accept answer"]);
    newcomer.hear_connection(2, PeerEvent::AnswerApplied, at(501));
    assert_eq!(newcomer.tick(Reachability::Present, at(60_000)), []);

    let mut newcomer = began_anew_while_the_other_offered();
    let due = newcomer.next_deadline(Reachability::Present);
    assert_eq!(due, Some(Moment(1_002)));
    let steps = newcomer.tick(Reachability::Present, at(1_002));
    assert_eq!(
        commands(&steps),
        ["close", "open to answer", "accept offer"]
    );
}

#[test]
fn who_looks_like_a_connection_that_was_given_up_is_listened_to_once_they_answered() {
    let mut newcomer = settled_newcomer();
    newcomer.rebuild(at(1));
    newcomer.hear_connection(2, PeerEvent::LocalOffer { sdp: sdp(5, "e") }, at(1));
    newcomer.hear_answer(sdp(2, "b"), Some(2), at(2));
    newcomer.hear_connection(2, PeerEvent::AnswerApplied, at(3));
    let steps = newcomer.hear_offer(sdp(2, "c"), Some(1), at(4));
    assert_eq!(commands(&steps), ["accept offer"]);
}

#[test]
fn an_offer_that_is_refused_is_said_again_after_a_while_and_nothing_is_given_up_for_it() {
    let mut newcomer = settled_newcomer();
    newcomer.hear_connection(1, PeerEvent::NegotiationNeeded, at(1));
    let event = PeerEvent::LocalOffer { sdp: sdp(1, "a") };
    newcomer.hear_connection(1, event, at(1));
    let mut now = 1;
    for _ in 0..20 {
        assert!(newcomer.hear_refusal(Moment(now)));
        let due = Moment(now + 15_000);
        assert_eq!(newcomer.next_deadline(Reachability::Present), Some(due));
        let early = newcomer.tick(Reachability::Present, at(due.0 - 1));
        assert_eq!(early, []);
        let steps = newcomer.tick(Reachability::Present, at(due.0));
        assert_eq!(commands(&steps), ["send offer"]);
        now = due.0 + 10;
    }
    let steps = newcomer.hear_answer(sdp(2, "b"), Some(2), at(now));
    assert_eq!(commands(&steps), ["accept answer"]);
}

#[test]
fn a_refusal_that_comes_when_no_offer_waits_means_nothing() {
    let mut newcomer = Negotiation::offering(Tie::Stays, Moment(0));
    assert!(!newcomer.hear_refusal(Moment(0)));
    let mut newcomer = settled_newcomer();
    let due = newcomer.next_deadline(Reachability::Present);
    assert!(!newcomer.hear_refusal(Moment(1)));
    assert!(newcomer.is_settled());
    assert_eq!(newcomer.next_deadline(Reachability::Present), due);

    let mut newcomer = offered();
    newcomer.hear_answer(sdp(2, "b"), Some(1), at(1));
    assert!(!newcomer.hear_refusal(Moment(2)), "the answer was faster");
    newcomer.hear_connection(1, PeerEvent::AnswerApplied, at(3));
    assert!(newcomer.is_settled());
}
