//! Tables: from findings to a verdict, from a verdict to words.

use RelayTransport::{Tcp, Tls, Udp};

use super::*;
use crate::room::device::{Device, DeviceId, DeviceKind};
use crate::room::media::local::{Capture, Environment, LocalMedia, MediaProblem, Source};
use crate::room::switch::Switch;

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
                TestStep::Relay(_) => NONE,
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
fn the_first_thing_in_the_way_is_the_one_that_is_told() {
    let trouble = Finding::Trouble;
    let insecure = (TestStep::Page, trouble(Trouble::InsecurePage));
    let server = (TestStep::Server, trouble(Trouble::ServerSilent));
    let socket = (TestStep::Socket, trouble(Trouble::SocketSilent));
    let cut_off = [
        (TestStep::Stun, SILENT),
        (TestStep::Relay(Tcp), silent(3478)),
    ];
    let camera = (
        TestStep::Camera,
        trouble(Trouble::Device(MediaProblem::NoDevice)),
    );
    let all = [insecure, server, socket, cut_off[0], cut_off[1], camera];
    for (from, verdict) in [
        (0, TestVerdict::InsecurePage),
        (1, TestVerdict::ServerSilent),
        (2, TestVerdict::SocketBlocked),
        (5, TestVerdict::Device(DeviceKind::Camera)),
    ] {
        assert_eq!(TestVerdict::of(&check(&all[from..])), verdict);
    }
    assert!(matches!(
        TestVerdict::of(&check(&all[3..])),
        TestVerdict::CutOff(_)
    ));
}

#[test]
fn before_the_end_nothing_is_judged_but_an_impossible_page() {
    let mut check = Check::default();
    assert_eq!(TestVerdict::of(&check), TestVerdict::Running);
    check.begin(TestStep::Page);
    assert_eq!(check.progress(TestStep::Page), TestProgress::Running);
    check.end(TestStep::Page, page_finding(Environment::Insecure));
    assert_eq!(TestVerdict::of(&check), TestVerdict::InsecurePage);
    check.give_up(Obstacle::Page);
    assert!(check.is_over());
    assert_eq!(
        check.finding(TestStep::Page),
        Some(Finding::Trouble(Trouble::InsecurePage))
    );
    assert_eq!(
        check.finding(TestStep::Stun),
        Some(Finding::NotTried(Obstacle::Page))
    );
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

#[test]
fn a_device_is_judged_without_being_switched_on() {
    let device = |label: &str| Device {
        id: DeviceId("1".to_owned()),
        kind: DeviceKind::Camera,
        label: label.to_owned(),
    };
    let media = |capture, devices| LocalMedia {
        camera: Source {
            switch: Switch::On,
            capture,
            device: None,
        },
        devices,
        ..LocalMedia::default()
    };
    let none = Finding::Trouble(Trouble::Device(MediaProblem::NoDevice));
    let denied = MediaProblem::PermissionDenied;
    for (capture, devices, finding) in [
        (Capture::Requesting, vec![], None),
        (Capture::Live, vec![], Some(FINE)),
        (Capture::Idle, vec![], Some(none)),
        (
            Capture::Idle,
            vec![device("")],
            Some(Finding::Fine(Figure::WillAsk)),
        ),
        (
            Capture::Idle,
            vec![device("Lens")],
            Some(Finding::Fine(Figure::SwitchedOff)),
        ),
        (
            Capture::Failed(denied),
            vec![device("")],
            Some(Finding::Trouble(Trouble::Device(denied))),
        ),
    ] {
        assert_eq!(
            device_finding(&media(capture, devices), DeviceKind::Camera),
            finding
        );
    }
}

#[test]
fn stun_is_judged_by_what_the_browser_shows_of_it() {
    let gathering = Gathering {
        servers: 1,
        told: false,
        failed: false,
        took_ms: 100,
    };
    for (gathering, finding) in [
        (
            Gathering {
                servers: 0,
                ..gathering
            },
            NONE,
        ),
        (
            Gathering {
                told: true,
                failed: true,
                ..gathering
            },
            FINE,
        ),
        (
            Gathering {
                failed: true,
                ..gathering
            },
            SILENT,
        ),
        (
            Gathering {
                took_ms: 6_000,
                ..gathering
            },
            SILENT,
        ),
        (gathering, FINE),
    ] {
        assert_eq!(gathering.finding(), finding, "{gathering:?}");
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
    assert_eq!(told.len(), 18, "the three of the WebSocket share theirs");
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
