//! A test of the connection under way: its steps, in order, and what each has found.

use crate::room::connection_test::candidate::{CandidateKinds, FoundCandidate};
use crate::room::connection_test::finding::{
    Figure, Finding, Obstacle, TestProgress, TestStep, Trouble,
};
use crate::room::device::DeviceKind;
use crate::room::media::local::{Capture, Environment, LocalMedia, MediaProblem};

/// A check, from its begin to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Check {
    /// Each step stands here, in the order of [`TestStep::ALL`].
    pub(super) progress: [TestProgress; TestStep::ALL.len()],
    /// These candidates were found.
    pub(super) candidates: Vec<FoundCandidate>,
    /// These URLs were tried.
    pub(super) servers: Vec<String>,
    /// The browser calls itself this, for the report.
    pub(crate) browser: String,
    /// The page comes from this origin, for the report.
    pub(crate) origin: String,
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

/// Gathering candidates with the help of STUN servers showed this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gathering {
    /// There are so many STUN servers.
    pub servers: usize,
    /// One of them told an address other than the device's own.
    pub told: bool,
    /// The browser reported that one of them does not answer.
    pub failed: bool,
    /// The gathering took this long, in ms.
    pub took_ms: u64,
}

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

/// Only browsers that wait for an answer in vain take longer than this, in ms.
const ANSWERED_WITHIN_MS: u64 = 3_000;
