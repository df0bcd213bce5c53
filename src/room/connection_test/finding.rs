//! What a test of the connection looks at, and what it finds.

use crate::room::connection_test::candidate::CandidateKinds;
use crate::room::connection_test::servers::RelayTransport;
use crate::room::media::local::MediaProblem;

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
