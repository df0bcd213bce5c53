//! The check of a connection: what is tried, what was found, what it means, and how that is said.
//!
//! Invariant: every step ends with one [`Finding`], and no words or figures made from findings contain an address; those are
//! kept apart, in [`Check::addresses`].

mod candidate;
mod report;
mod servers;
#[cfg(test)]
mod tests;
mod verdict;
mod words;

pub use candidate::{CandidateKinds, FoundCandidate};
pub use report::{Addresses, report};
pub use servers::{RelayTransport, TestServer, relays, stun_servers};
pub use verdict::{Gravity, TestVerdict, Ways};
pub use words::{advice, figure, name, result, sentence};

use super::media::local::{Capture, DeviceKind, Environment, LocalMedia, MediaProblem};

/// One thing that is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestStep {
    /// Whether the page is a secure context, in a browser that can make calls.
    Page,
    /// Whether there is a microphone that may be used.
    Microphone,
    /// Whether there is a camera that may be used.
    Camera,
    /// Whether the server answers, and how fast.
    Server,
    /// Whether a WebSocket opens, is answered and stays open.
    Socket,
    /// Whether a STUN server answers.
    Stun,
    /// Whether a relay reached like this relays data.
    Relay(RelayTransport),
    /// Which kinds of candidates there are.
    Candidates,
}

impl TestStep {
    /// All of them, in the order they are shown in.
    pub const ALL: [Self; 10] = [
        Self::Page,
        Self::Microphone,
        Self::Camera,
        Self::Server,
        Self::Socket,
        Self::Stun,
        Self::Relay(RelayTransport::Udp),
        Self::Relay(RelayTransport::Tcp),
        Self::Relay(RelayTransport::Tls),
        Self::Candidates,
    ];
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TestProgress {
    /// It was not begun.
    #[default]
    Waiting,
    /// It is under way.
    Running,
    /// It is over.
    Ended(Finding),
}

/// What a step has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It works.
    Fine(Figure),
    /// It does not.
    Trouble(Trouble),
    /// This server offers nothing of the kind.
    NotOffered,
    /// It could not be tried.
    NotTried(Obstacle),
}

/// What was measured where something works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Nothing.
    Nothing,
    /// The device is there, and switched off.
    SwitchedOff,
    /// The device is there, and the browser will ask before it is used.
    WillAsk,
    /// From a question to its answer, in ms.
    RoundTrip(u32),
    /// Through a relay.
    Relayed(Relayed),
    /// The kinds of candidates.
    Candidates(CandidateKinds),
}

/// How a relay relays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relayed {
    /// To the relay and back, in ms.
    pub round_trip_ms: u32,
    /// What came through, in bits/s.
    pub bits_per_second: u32,
    /// The relay's port.
    pub port: u16,
}

/// What does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The page is not a secure context.
    InsecurePage,
    /// The browser has no WebRTC, or none that is switched on.
    NoWebRtc,
    /// The device does not work.
    Device(MediaProblem),
    /// The browser still waits for the user's answer.
    Unanswered,
    /// Nothing answers.
    ServerSilent,
    /// Something else than Visavis answers.
    ServerStrange,
    /// The WebSocket does not open.
    SocketRefused,
    /// The WebSocket opens, and nothing comes through it.
    SocketSilent,
    /// The WebSocket was closed while it was watched.
    SocketLost,
    /// No STUN server answers.
    StunSilent,
    /// The relay at this port does not answer.
    RelaySilent(u16),
    /// The relay at this port answers with this error code (RFC 8656 section 19).
    RelayRefuses(u16, u16),
    /// The relay at this port can be reached, and what is sent through it does not arrive.
    RelayStuck(u16),
    /// No candidate at all.
    NoCandidates,
}

/// Why something could not be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// This page can make no connections.
    Page,
    /// The server did not say which STUN and TURN servers there are.
    ServersUnknown,
    /// The server lets nobody check that often.
    TooManyChecks,
}

/// A check, from its begin to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Check {
    progress: [TestProgress; TestStep::ALL.len()],
    candidates: Vec<FoundCandidate>,
    servers: Vec<String>,
    browser: String,
    origin: String,
}

impl Check {
    /// A check that nothing was tried of yet: of this browser (`Navigator.userAgent`), on a page of this origin.
    pub fn new(browser: String, origin: String) -> Self {
        Self {
            browser,
            origin,
            ..Self::default()
        }
    }

    /// Where a step stands.
    pub fn progress(&self, step: TestStep) -> TestProgress {
        let index = TestStep::ALL.iter().position(|one| *one == step);
        index.map(|index| self.progress[index]).unwrap_or_default()
    }

    /// What a step has found, once it is over.
    pub fn finding(&self, step: TestStep) -> Option<Finding> {
        match self.progress(step) {
            TestProgress::Ended(finding) => Some(finding),
            TestProgress::Waiting | TestProgress::Running => None,
        }
    }

    /// A step begins.
    pub fn begin(&mut self, step: TestStep) {
        self.set(step, TestProgress::Running);
    }

    /// A step is over.
    pub fn end(&mut self, step: TestStep, finding: Finding) {
        self.set(step, TestProgress::Ended(finding));
    }

    /// Nothing further can be tried.
    pub fn give_up(&mut self, obstacle: Obstacle) {
        for progress in &mut self.progress {
            if !matches!(progress, TestProgress::Ended(_)) {
                *progress = TestProgress::Ended(Finding::NotTried(obstacle));
            }
        }
    }

    /// Whether all steps are over.
    pub fn is_over(&self) -> bool {
        let mut progress = self.progress.iter();
        progress.all(|progress| matches!(progress, TestProgress::Ended(_)))
    }

    /// A candidate was gathered.
    pub fn gathered(&mut self, candidate: FoundCandidate) {
        if !self.candidates.contains(&candidate) {
            self.candidates.push(candidate);
        }
    }

    /// These servers were tried.
    pub fn tried(&mut self, urls: impl IntoIterator<Item = String>) {
        self.servers.extend(urls);
    }

    /// Ends the step of the candidates with those that were gathered.
    pub fn sum_up_candidates(&mut self) {
        let finding = if self.candidates.is_empty() {
            Finding::Trouble(Trouble::NoCandidates)
        } else {
            Finding::Fine(Figure::Candidates(CandidateKinds::of(&self.candidates)))
        };
        self.end(TestStep::Candidates, finding);
    }

    /// Every address that was seen, a line each: for a report of somebody who asked for them.
    pub fn addresses(&self) -> Vec<String> {
        let candidates = self.candidates.iter().map(FoundCandidate::line);
        let mut lines = Vec::new();
        lines.push(["page ", &self.origin].concat());
        lines.extend(self.servers.iter().map(|url| ["server ", url].concat()));
        lines.extend(candidates);
        lines
    }

    fn set(&mut self, step: TestStep, progress: TestProgress) {
        if let Some(index) = TestStep::ALL.iter().position(|one| *one == step) {
            self.progress[index] = progress;
        }
    }
}

/// What the page is good for.
pub fn page_finding(environment: Environment) -> Finding {
    match environment {
        Environment::Insecure => Finding::Trouble(Trouble::InsecurePage),
        Environment::NoWebRtc => Finding::Trouble(Trouble::NoWebRtc),
        Environment::Unknown | Environment::Capable => Finding::Fine(Figure::Nothing),
    }
}

/// How it is about a device, as far as the room knows it without asking anybody; `None` while the browser asks the user.
pub fn device_finding(media: &LocalMedia, kind: DeviceKind) -> Option<Finding> {
    let source = match kind {
        DeviceKind::Camera => &media.camera,
        DeviceKind::Microphone | DeviceKind::Speaker => &media.microphone,
    };
    let mut present = media.devices.iter().filter(|device| device.kind == kind);
    Some(match (&source.capture, present.next()) {
        (Capture::Requesting, _) => return None,
        (Capture::Live | Capture::Replacing, _) => Finding::Fine(Figure::Nothing),
        (Capture::Failed(problem), _) => Finding::Trouble(Trouble::Device(*problem)),
        (Capture::Idle, None) => Finding::Trouble(Trouble::Device(MediaProblem::NoDevice)),
        (Capture::Idle, Some(device)) if device.label.is_empty() => Finding::Fine(Figure::WillAsk),
        (Capture::Idle, Some(_)) => Finding::Fine(Figure::SwitchedOff),
    })
}

/// What gathering candidates with the help of STUN servers showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gathering {
    /// How many STUN servers there are.
    pub servers: usize,
    /// Whether one told an address other than the device's own.
    pub told: bool,
    /// Whether the browser reported that one does not answer.
    pub failed: bool,
    /// How long it took, in ms.
    pub took_ms: u64,
}

/// Longer than this only browsers take that wait for an answer in vain, in ms.
const ANSWERED_WITHIN_MS: u64 = 3_000;

impl Gathering {
    /// Whether STUN answers. A server that tells the device's own address, as where there is no NAT, shows in no candidate: only
    /// in that the browser was soon done and complained of nothing.
    pub fn finding(self) -> Finding {
        match self {
            Self { servers: 0, .. } => Finding::NotOffered,
            Self { told: true, .. } => Finding::Fine(Figure::Nothing),
            Self { failed: true, .. } => Finding::Trouble(Trouble::StunSilent),
            Self { took_ms, .. } if took_ms >= ANSWERED_WITHIN_MS => {
                Finding::Trouble(Trouble::StunSilent)
            }
            Self { .. } => Finding::Fine(Figure::Nothing),
        }
    }
}
