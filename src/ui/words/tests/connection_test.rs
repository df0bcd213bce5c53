//! Tables: from findings through a verdict to words, and the report.

use RelayTransport::{Tcp, Tls, Udp};

use crate::room::MediaProblem;
use crate::room::connection_test::{
    Check, Figure, Finding, FoundCandidate, Gravity, Obstacle, RelayTransport, Relayed,
    TestProgress, TestStep, TestVerdict, Trouble,
};
use crate::ui::words::connection_report::{Addresses, report};
use crate::ui::words::connection_test::{advice, figure, result};
use crate::ui::words::connection_verdict::sentence;

const FINE: Finding = Finding::Fine(Figure::Nothing);
const SILENT: Finding = Finding::Trouble(Trouble::StunSilent);
const NONE: Finding = Finding::NotOffered;

fn silent(port: u16) -> Finding {
    Finding::Trouble(Trouble::RelaySilent(port))
}

fn relayed(port: u16, bits_per_second: u32) -> Finding {
    Finding::Fine(Figure::Relayed(Relayed {
        round_trip_ms: 12,
        bits_per_second,
        port,
    }))
}

/// A check that is over, without relays, where all is well but for these.
fn check(findings: &[(TestStep, Finding)]) -> Check {
    let mut check = Check::default();
    for step in TestStep::ALL {
        check.end(
            step,
            match step {
                TestStep::Relay(_) | TestStep::Media => NONE,
                _ => FINE,
            },
        );
    }
    for (step, finding) in findings {
        check.end(*step, *finding);
    }
    check
}

fn network(stun: Finding, udp: Finding, tcp: Finding, tls: Finding) -> Check {
    check(&[
        (TestStep::Stun, stun),
        (TestStep::Relay(Udp), udp),
        (TestStep::Relay(Tcp), tcp),
        (TestStep::Relay(Tls), tls),
    ])
}

#[test]
fn what_the_network_lets_through_decides() {
    let good = relayed(3478, 5_000_000);
    let slow = relayed(3478, 200_000);
    for (stun, udp, tcp, tls, gravity, words) in [
        (FINE, good, good, good, Gravity::Good, "Everything works"),
        (NONE, good, NONE, NONE, Gravity::Good, "Everything works"),
        (FINE, slow, slow, NONE, Gravity::Limited, "slowly"),
        (FINE, slow, good, NONE, Gravity::Good, "Everything works"),
        (FINE, NONE, NONE, NONE, Gravity::Limited, "offers no relay"),
        (
            NONE,
            NONE,
            NONE,
            NONE,
            Gravity::Limited,
            "neither STUN nor a relay",
        ),
        (
            SILENT,
            NONE,
            NONE,
            NONE,
            Gravity::Bad,
            "no relay around that",
        ),
        (
            SILENT,
            silent(3478),
            good,
            good,
            Gravity::Limited,
            "relay on TCP 3478 and TLS 3478.",
        ),
        (
            FINE,
            good,
            silent(3478),
            silent(5349),
            Gravity::Limited,
            "not on TCP 3478 and TLS 5349",
        ),
        (
            FINE,
            silent(3478),
            silent(3478),
            NONE,
            Gravity::Limited,
            "did not answer on UDP 3478 and TCP 3478",
        ),
        (
            SILENT,
            silent(3478),
            silent(3478),
            silent(443),
            Gravity::Bad,
            "did not answer on UDP 3478, TCP 3478 and TLS 443",
        ),
        (
            SILENT,
            NONE,
            silent(3478),
            NONE,
            Gravity::Bad,
            "Your network blocks UDP, and our relay did not answer on TCP 3478",
        ),
        (
            NONE,
            silent(3478),
            NONE,
            NONE,
            Gravity::Bad,
            "Your network blocks UDP",
        ),
    ] {
        let verdict = TestVerdict::of(&network(stun, udp, tcp, tls));
        let sentence = sentence(&verdict);
        assert_eq!(verdict.gravity(), gravity, "{sentence}");
        assert!(sentence.contains(words), "{sentence} has not: {words}");
    }
}

#[test]
fn what_calls_through_the_server_need_is_told_where_the_rest_works() {
    let good = relayed(3478, 5_000_000);
    let media = |stun, udp, media| {
        let mut check = network(stun, udp, good, NONE);
        check.end(TestStep::Media, media);
        let verdict = TestVerdict::of(&check);
        (verdict.gravity(), sentence(&verdict))
    };
    let no_answer = Finding::Trouble(Trouble::MediaSilent(3480));
    let relayed_only = Finding::Fine(Figure::ThroughRelay(3480));
    for (stun, udp, found, gravity, words) in [
        (FINE, good, FINE, Gravity::Good, "Everything works"),
        (
            FINE,
            good,
            no_answer,
            Gravity::Limited,
            "media port does not answer on UDP 3480. Ask whoever runs this server",
        ),
        (
            FINE,
            good,
            Finding::Trouble(Trouble::MediaRefused),
            Gravity::Limited,
            "media port does not answer. Ask",
        ),
        (
            FINE,
            good,
            relayed_only,
            Gravity::Limited,
            "did not answer on UDP 3480, so they go through our relay",
        ),
        (
            SILENT,
            silent(3478),
            relayed_only,
            Gravity::Limited,
            "your network blocks UDP",
        ),
        (
            SILENT,
            silent(3478),
            no_answer,
            Gravity::Limited,
            "media port does not answer on UDP 3480",
        ),
    ] {
        let (its, sentence) = media(stun, udp, found);
        assert_eq!(its, gravity, "{sentence}");
        assert!(sentence.contains(words), "{sentence} has not: {words}");
    }
}

#[test]
fn figures_read_as_people_say_them() {
    let of = |figure_of| figure(TestProgress::Ended(Finding::Fine(figure_of)));
    let relay = |round_trip_ms, bits_per_second| {
        of(Figure::Relayed(Relayed {
            round_trip_ms,
            bits_per_second,
            port: 3478,
        }))
    };
    assert_eq!(of(Figure::RoundTrip(0)).as_deref(), Some("< 1 ms"));
    assert_eq!(relay(41, 310_000).as_deref(), Some("41 ms, 310 kbit/s"));
    assert_eq!(relay(41, 1_240_000).as_deref(), Some("41 ms, 1.2 Mbit/s"));
    assert_eq!(relay(41, 24_800_000).as_deref(), Some("41 ms, 24 Mbit/s"));
    assert_eq!(of(Figure::Nothing), None);
}

#[test]
fn every_trouble_says_what_to_do() {
    let relay = TestStep::Relay(Tcp);
    let mut troubles = vec![
        (TestStep::Page, Trouble::InsecurePage),
        (TestStep::Page, Trouble::NoWebRtc),
        (TestStep::Camera, Trouble::Unanswered),
        (TestStep::Server, Trouble::ServerSilent),
        (TestStep::Server, Trouble::ServerStrange),
        (TestStep::Socket, Trouble::SocketRefused),
        (TestStep::Socket, Trouble::SocketSilent),
        (TestStep::Socket, Trouble::SocketLost),
        (TestStep::Stun, Trouble::StunSilent),
        (relay, Trouble::RelaySilent(3478)),
        (TestStep::Relay(Tls), Trouble::RelaySilent(443)),
        (relay, Trouble::RelayRefuses(3478, 486)),
        (relay, Trouble::RelayStuck(3478)),
        (TestStep::Media, Trouble::MediaSilent(3480)),
        (TestStep::Media, Trouble::MediaRefused),
        (TestStep::Candidates, Trouble::NoCandidates),
    ];
    troubles.extend(
        [
            MediaProblem::PermissionDenied,
            MediaProblem::NoDevice,
            MediaProblem::DeviceBusy,
            MediaProblem::Unsuitable,
            MediaProblem::Unplugged,
            MediaProblem::Unavailable,
        ]
        .map(|problem| (TestStep::Camera, Trouble::Device(problem))),
    );
    let mut told = std::collections::HashSet::new();
    for (step, trouble) in troubles {
        let advice = advice(step, TestProgress::Ended(Finding::Trouble(trouble)));
        let advice = advice.unwrap_or_default();
        assert!(
            advice.ends_with('.') && advice.len() > 20,
            "{trouble:?}: {advice}"
        );
        told.insert(advice);
    }
    assert_eq!(told.len(), 20, "the three of the WebSocket share theirs");
}

#[test]
fn the_report_has_addresses_only_for_those_who_ask() {
    let mut check = network(FINE, relayed(3478, 5_000_000), silent(3478), NONE);
    check.browser = "Browser/1".to_owned();
    check.origin = "https://meet.example".to_owned();
    check.tried(["turn:relay.example:3478".to_owned()]);
    let line = "candidate:2 1 udp 1677729535 203.0.113.7 61000 typ srflx raddr 0.0.0.0 rport 0";
    check.gathered(FoundCandidate::parse(line).unwrap());
    check.gathered(FoundCandidate::parse(line).unwrap());
    check.sum_up_candidates();
    let text = report(&check, Addresses::Omitted);
    for line in [
        "Visavis connection check\nCalls will work. Our relay answers on UDP 3478 and not on TCP 3478",
        "[ok]      Relay over UDP: Relays data (12 ms, 5.0 Mbit/s)\n",
        "[problem] Relay over TCP: No answer. Your network or the server",
        "[-]       Relay over TLS: Not offered by this server\n",
        "[ok]      Possible ways: Direct, and through your router (IPv4)\n",
        "Browser: Browser/1\n",
    ] {
        assert!(text.contains(line), "{text} has not: {line}");
    }
    assert!(
        !text.contains("203.") && !text.contains("example"),
        "{text}"
    );
    let text = report(&check, Addresses::Included);
    for line in [
        "page https://meet.example\n",
        "server turn:relay.example:3478\n",
        "candidate srflx udp 203.0.113.7\n",
    ] {
        assert_eq!(text.matches(line).count(), 1, "{text} has not: {line}");
    }
}

#[test]
fn who_checks_too_often_is_told_so_and_not_that_it_failed() {
    let mut check = Check::default();
    for step in [
        TestStep::Page,
        TestStep::Microphone,
        TestStep::Camera,
        TestStep::Server,
        TestStep::Socket,
    ] {
        check.end(step, FINE);
    }
    check.give_up(Obstacle::TooManyChecks);
    assert_eq!(TestVerdict::of(&check), TestVerdict::Incomplete);
    let words = result(TestStep::Stun, check.progress(TestStep::Stun));
    assert!(words.contains("two minutes"), "{words}");
}
