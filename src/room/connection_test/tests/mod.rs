//! Tables: from findings to a verdict, from a verdict to words.

use RelayTransport::Tcp;

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
