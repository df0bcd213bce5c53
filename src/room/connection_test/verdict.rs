//! What the findings mean together: the one thing to say first.

use super::check::Check;
use super::finding::{Figure, Finding, TestStep, Trouble};
use super::servers::RelayTransport;
use crate::room::device::DeviceKind;

/// A relay that shares less than this makes pictures small, in bits/s.
const SLOW_BITS_PER_SECOND: u32 = 400_000;

/// It is as bad as this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gravity {
    /// Nothing is known yet.
    Unknown,
    /// Nothing is to be done.
    Good,
    /// Calls work, and not everywhere or not at their best.
    Limited,
    /// Calls do not work, or not with this device.
    Bad,
}

/// Which relays there are, and what came of them: the ways that work, and those that were offered and do not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// These relays work, each with its port.
    pub working: Vec<(RelayTransport, u16)>,
    /// These relays were offered and do not work, each with its port where that is known.
    pub failing: Vec<(RelayTransport, u16)>,
}

/// A check has this outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestVerdict {
    /// The check goes on.
    Running,
    /// Everything that is offered works, a relay included.
    Good,
    /// The page is not secure.
    InsecurePage,
    /// The browser has no WebRTC.
    NoWebRtc,
    /// The server does not answer.
    ServerSilent,
    /// Something between here and the server holds back WebSockets.
    SocketBlocked,
    /// Nothing gets through: neither datagrams nor any of these relays.
    CutOff(Ways),
    /// UDP is blocked, and there is no relay to go around it.
    UdpBlockedWithoutRelay,
    /// A microphone or camera does not work.
    Device(DeviceKind),
    /// UDP is blocked; these relays help.
    UdpBlocked(Ways),
    /// STUN works, and none of these relays does.
    RelaysSilent(Ways),
    /// Some relays work and some do not.
    RelaysPartly(Ways),
    /// Calls of a few people work; nothing leads to the server's media port, which is this one where it is known.
    MediaBlocked(Option<u16>),
    /// The server's media port, which is this one, is reached through a relay alone, although UDP is not blocked.
    MediaRelayed(u16),
    /// It works slowly.
    Slow,
    /// There is no relay, and direct ways seem possible.
    NoRelay,
    /// There is neither STUN nor a relay.
    NothingOffered,
    /// What could be tried works; the relays could not be tried.
    Incomplete,
}

impl TestVerdict {
    /// Judges a check.
    pub fn of(check: &Check) -> Self {
        let found = |step| check.finding(step);
        let trouble = |step| match found(step) {
            Some(Finding::Trouble(trouble)) => Some(trouble),
            _ => None,
        };
        match trouble(TestStep::Page) {
            Some(Trouble::InsecurePage) => return Self::InsecurePage,
            Some(_) => return Self::NoWebRtc,
            None => {}
        }
        if !check.is_over() {
            return Self::Running;
        }
        if trouble(TestStep::Server).is_some() {
            return Self::ServerSilent;
        }
        if trouble(TestStep::Socket).is_some() {
            return Self::SocketBlocked;
        }
        let ways = Ways::of(check);
        let connection = ways.verdict(check);
        if connection.gravity() == Gravity::Bad {
            return connection;
        }
        for (step, kind) in [
            (TestStep::Microphone, DeviceKind::Microphone),
            (TestStep::Camera, DeviceKind::Camera),
        ] {
            if trouble(step).is_some() {
                return Self::Device(kind);
            }
        }
        match found(TestStep::Media) {
            Some(Finding::Trouble(Trouble::MediaSilent(port))) => Self::MediaBlocked(Some(port)),
            Some(Finding::Trouble(_)) => Self::MediaBlocked(None),
            Some(Finding::Fine(Figure::ThroughRelay(port))) => match connection {
                Self::UdpBlocked(_) => connection,
                _ => Self::MediaRelayed(port),
            },
            _ => connection,
        }
    }

    /// How bad it is.
    pub fn gravity(&self) -> Gravity {
        match self {
            Self::Running => Gravity::Unknown,
            Self::Good => Gravity::Good,
            Self::InsecurePage
            | Self::NoWebRtc
            | Self::ServerSilent
            | Self::SocketBlocked
            | Self::CutOff(_)
            | Self::UdpBlockedWithoutRelay => Gravity::Bad,
            Self::Device(_)
            | Self::UdpBlocked(_)
            | Self::RelaysSilent(_)
            | Self::RelaysPartly(_)
            | Self::MediaBlocked(_)
            | Self::MediaRelayed(_)
            | Self::Slow
            | Self::NoRelay
            | Self::NothingOffered
            | Self::Incomplete => Gravity::Limited,
        }
    }
}

impl Ways {
    fn of(check: &Check) -> Self {
        let mut ways = Self::default();
        for transport in RelayTransport::ALL {
            match check.finding(TestStep::Relay(transport)) {
                Some(Finding::Fine(Figure::Relayed(relayed))) => {
                    ways.working.push((transport, relayed.port));
                }
                Some(Finding::Trouble(
                    Trouble::RelaySilent(port)
                    | Trouble::RelayRefuses(port, _)
                    | Trouble::RelayStuck(port),
                )) => ways.failing.push((transport, port)),
                _ => {}
            }
        }
        ways
    }

    fn verdict(self, check: &Check) -> TestVerdict {
        let finding = |step| check.finding(step);
        let stun = finding(TestStep::Stun);
        let relay_over_udp = finding(TestStep::Relay(RelayTransport::Udp));
        if matches!(stun, Some(Finding::NotTried(_))) {
            return TestVerdict::Incomplete;
        }
        let answers = |finding| matches!(finding, Some(Finding::Fine(_)));
        let silent = |finding| {
            matches!(
                finding,
                Some(Finding::Trouble(
                    Trouble::StunSilent | Trouble::RelaySilent(_)
                ))
            )
        };
        let udp_blocked =
            !answers(stun) && !answers(relay_over_udp) && (silent(stun) || silent(relay_over_udp));
        let slow = check.progress.iter().all(|progress| match progress {
            crate::room::connection_test::finding::TestProgress::Ended(Finding::Fine(
                Figure::Relayed(relayed),
            )) => relayed.bits_per_second < SLOW_BITS_PER_SECOND,
            _ => true,
        });
        match (self.working.is_empty(), self.failing.is_empty()) {
            (true, true) if udp_blocked => TestVerdict::UdpBlockedWithoutRelay,
            (true, true) if answers(stun) => TestVerdict::NoRelay,
            (true, true) => TestVerdict::NothingOffered,
            (true, false) if udp_blocked => TestVerdict::CutOff(self),
            (true, false) => TestVerdict::RelaysSilent(self),
            (false, _) if udp_blocked => TestVerdict::UdpBlocked(self),
            (false, false) => TestVerdict::RelaysPartly(self),
            (false, true) if slow => TestVerdict::Slow,
            (false, true) => TestVerdict::Good,
        }
    }
}
