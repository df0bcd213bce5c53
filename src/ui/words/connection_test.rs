//! How a check is told: what was tried, what came of it, and what to do.
//!
//! Invariant: no word or figure here contains an address; ports are named, for they are what has to be opened.

use crate::room::MediaProblem;
use crate::room::connection_test::{
    CandidateKinds, Figure, Finding, Obstacle, RelayTransport, TestProgress, TestStep, Trouble,
};

/// A network's trouble is told to those who run it.
pub(super) const ASK_NETWORK: &str = "Ask whoever runs your network to allow it, or try another network, such as a phone\u{2019}s hotspot. If that does not help, ask whoever runs this server.";

/// A server's trouble is told to those who run it.
pub(super) const ASK_SERVER: &str = "Ask whoever runs this server";

/// What a step is called.
pub fn name(step: TestStep) -> &'static str {
    match step {
        TestStep::Page => "This page and browser",
        TestStep::Microphone => "Microphone",
        TestStep::Camera => "Camera",
        TestStep::Server => "Server",
        TestStep::Socket => "WebSocket",
        TestStep::Stun => "STUN",
        TestStep::Relay(RelayTransport::Udp) => "Relay over UDP",
        TestStep::Relay(RelayTransport::Tcp) => "Relay over TCP",
        TestStep::Relay(RelayTransport::Tls) => "Relay over TLS",
        TestStep::Media => "Media port",
        TestStep::Candidates => "Possible ways",
    }
}

/// Where a step stands, in a few words.
pub fn result(step: TestStep, progress: TestProgress) -> &'static str {
    let finding = match progress {
        TestProgress::Waiting => return "Waits for its turn",
        TestProgress::Running => return running(step),
        TestProgress::Ended(finding) => finding,
    };
    match finding {
        Finding::Fine(figure) => fine(step, figure),
        Finding::Trouble(trouble) => problem(trouble),
        Finding::NotOffered => "Not offered by this server",
        Finding::NotTried(Obstacle::Page) => "Not tried: this page can make no calls",
        Finding::NotTried(Obstacle::ServersUnknown) => {
            "Not tried: the server did not say where it is"
        }
        Finding::NotTried(Obstacle::TooManyChecks) => {
            "Not tried: too many checks. Try again in two minutes"
        }
    }
}

fn running(step: TestStep) -> &'static str {
    match step {
        TestStep::Microphone | TestStep::Camera => "The browser asks you; please answer",
        TestStep::Socket => "Watching it for a few seconds\u{2026}",
        TestStep::Relay(_) => "Sending data through it\u{2026}",
        _ => "Checking\u{2026}",
    }
}

fn fine(step: TestStep, figure: Figure) -> &'static str {
    match (step, figure) {
        (_, Figure::SwitchedOff) => "Ready, and switched off",
        (_, Figure::WillAsk) => "There is one; the browser will ask you first",
        (TestStep::Page, _) => "Secure, and able to make calls",
        (TestStep::Microphone | TestStep::Camera, _) => "Works",
        (TestStep::Socket, _) => "Opens, answers and stays open",
        (TestStep::Relay(_), _) => "Relays data",
        (_, Figure::ThroughRelay(_)) => "Reached through the relay alone",
        (TestStep::Candidates, Figure::Candidates(kinds)) => ways(kinds),
        _ => "Answers",
    }
}

fn ways(kinds: CandidateKinds) -> &'static str {
    match (kinds.server_reflexive, kinds.relay) {
        (true, true) => "Direct, through your router, and through a relay",
        (true, false) => "Direct, and through your router",
        (false, true) => "Direct, and through a relay",
        (false, false) => "Direct",
    }
}

fn problem(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::InsecurePage => "Not secure",
        Trouble::NoWebRtc => "This browser cannot make calls",
        Trouble::Device(problem) => match problem {
            MediaProblem::PermissionDenied => "Blocked",
            MediaProblem::NoDevice => "None found",
            MediaProblem::DeviceBusy => "In use by another program",
            MediaProblem::Unsuitable => "Did not start",
            MediaProblem::Unplugged => "Disconnected",
            MediaProblem::Unavailable => "Not available on this page",
        },
        Trouble::Unanswered => "The browser still waits for your answer",
        Trouble::ServerSilent => "Does not answer",
        Trouble::ServerStrange => "Something else answers in its place",
        Trouble::SocketRefused => "Does not open",
        Trouble::SocketSilent => "Opens, and nothing comes through",
        Trouble::SocketLost => "Was closed again at once",
        Trouble::StunSilent | Trouble::RelaySilent(_) | Trouble::MediaSilent(_) => "No answer",
        Trouble::RelayRefuses(..) | Trouble::MediaRefused => "Refused",
        Trouble::RelayStuck(_) => "Answers, and nothing comes through",
        Trouble::NoCandidates => "None",
    }
}

/// What to do about a step, if there is something to do.
pub fn advice(step: TestStep, progress: TestProgress) -> Option<String> {
    let TestProgress::Ended(Finding::Trouble(trouble)) = progress else {
        return None;
    };
    let way = match step {
        TestStep::Relay(transport) => transport.name(),
        _ => "",
    };
    let fixed = match trouble {
        Trouble::InsecurePage => {
            "Browsers allow calls only on HTTPS or on localhost. Open the https:// link, or ask whoever runs this server to set up HTTPS."
        }
        Trouble::NoWebRtc => {
            "It has no WebRTC, or it is switched off. Use a current Chrome, Edge, Firefox or Safari."
        }
        Trouble::Device(problem) => device_advice(problem),
        Trouble::Unanswered => {
            "Look for the question beside the address, answer it, and check again."
        }
        Trouble::ServerSilent => "Look whether other sites open, and try again in a minute.",
        Trouble::ServerStrange => {
            "A login page of this network, or a proxy, may stand between. Open any other site and log in there first."
        }
        Trouble::SocketRefused | Trouble::SocketSilent | Trouble::SocketLost => {
            "A proxy, a firewall or a browser extension holds back WebSockets. Try another network or browser; whoever runs this server may have to let them through its reverse proxy."
        }
        Trouble::StunSilent => "Your network may block UDP; then calls need a relay.",
        Trouble::NoCandidates => {
            "The browser found no network to use. An extension or a setting may keep WebRTC from using it."
        }
        Trouble::MediaRefused => {
            "The server takes no connection for media at the moment. Check again in a minute; if it stays so, ask whoever runs this server."
        }
        Trouble::MediaSilent(port) => {
            return Some(
                [
                    "Your network or the server\u{2019}s firewall may block UDP on port ",
                    &port.to_string(),
                    ", or the server names an address that does not lead to it, as in a container.",
                ]
                .concat(),
            );
        }
        Trouble::RelaySilent(port) => {
            let port = port.to_string();
            return Some(match step {
                TestStep::Relay(RelayTransport::Tls) => [
                    "Your network may block TLS on port ",
                    &port,
                    ", or the server\u{2019}s certificate is not one that browsers trust.",
                ]
                .concat(),
                _ => [
                    "Your network or the server\u{2019}s firewall may block ",
                    way,
                    " on port ",
                    &port,
                    ".",
                ]
                .concat(),
            });
        }
        Trouble::RelayRefuses(port, code) => {
            let reason = match code {
                401 | 403 | 441 => "it does not accept the credentials (error ",
                486 | 508 => "it is busy (error ",
                _ => "it does not want to (error ",
            };
            let (code, port) = (code.to_string(), port.to_string());
            return Some(
                [
                    "The relay on port ",
                    &port,
                    " answers, and ",
                    reason,
                    &code,
                    "). ",
                    ASK_SERVER,
                    " to look at it.",
                ]
                .concat(),
            );
        }
        Trouble::RelayStuck(port) => {
            let port = port.to_string();
            return Some(
                [
                    "The relay on port ",
                    &port,
                    " does not pass data on. ",
                    ASK_SERVER,
                    " whether its relayed ports are open and its public address is set.",
                ]
                .concat(),
            );
        }
    };
    Some(fixed.to_owned())
}

fn device_advice(problem: MediaProblem) -> &'static str {
    match problem {
        MediaProblem::PermissionDenied => {
            "Open the site settings beside the address, allow it, and check again."
        }
        MediaProblem::NoDevice => "Connect one and check again.",
        MediaProblem::DeviceBusy => "Close the program that holds it, and check again.",
        MediaProblem::Unsuitable => "Choose another one, and check again.",
        MediaProblem::Unplugged => "Connect it again, or choose another one.",
        MediaProblem::Unavailable => {
            "If this page is shown inside another one, open it in a tab of its own."
        }
    }
}

/// What a step measured, briefly.
pub fn figure(progress: TestProgress) -> Option<String> {
    let TestProgress::Ended(Finding::Fine(figure)) = progress else {
        return None;
    };
    match figure {
        Figure::Nothing | Figure::SwitchedOff | Figure::WillAsk | Figure::ThroughRelay(_) => None,
        Figure::RoundTrip(ms) => Some(millis(ms)),
        Figure::Relayed(relayed) => Some(
            [
                &millis(relayed.round_trip_ms),
                ", ",
                &rate(relayed.bits_per_second),
            ]
            .concat(),
        ),
        Figure::Candidates(kinds) => match (kinds.ipv4, kinds.ipv6) {
            (true, true) => Some("IPv4, IPv6".to_owned()),
            (true, false) => Some("IPv4".to_owned()),
            (false, true) => Some("IPv6".to_owned()),
            (false, false) => None,
        },
    }
}

fn millis(ms: u32) -> String {
    if ms == 0 {
        "< 1 ms".to_owned()
    } else {
        ms.to_string() + " ms"
    }
}

fn rate(bits_per_second: u32) -> String {
    let kilobits = bits_per_second / 1_000;
    if kilobits < 1_000 {
        return kilobits.to_string() + " kbit/s";
    }
    let tenths = kilobits / 100;
    if tenths >= 100 {
        return (tenths / 10).to_string() + " Mbit/s";
    }
    let (whole, rest) = ((tenths / 10).to_string(), (tenths % 10).to_string());
    [&whole, ".", &rest, " Mbit/s"].concat()
}

#[cfg(test)]
#[path = "tests/connection_test.rs"]
mod tests;
