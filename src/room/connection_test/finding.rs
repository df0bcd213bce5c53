//! What a test of the connection looks at, and what it finds.

use crate::room::connection_test::candidate::CandidateKinds;
use crate::room::connection_test::servers::RelayTransport;
use crate::room::media::local::MediaProblem;

/// One thing is tried at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestStep {
    /// The page has to be a secure context, in a browser that can make calls.
    Page,
    /// There has to be a microphone that may be used.
    Microphone,
    /// There has to be a camera that may be used.
    Camera,
    /// The server has to answer, and fast.
    Server,
    /// A WebSocket has to open, to be answered and to stay open.
    Socket,
    /// A STUN server has to answer.
    Stun,
    /// A relay reached like this has to relay data.
    Relay(RelayTransport),
    /// The server's media port has to answer, which calls that go through the server need.
    Media,
    /// There have to be candidates, of any kind.
    Candidates,
}

impl TestStep {
    /// All of them, in the order they are shown in.
    pub const ALL: [Self; 11] = [
        Self::Page,
        Self::Microphone,
        Self::Camera,
        Self::Server,
        Self::Socket,
        Self::Stun,
        Self::Relay(RelayTransport::Udp),
        Self::Relay(RelayTransport::Tcp),
        Self::Relay(RelayTransport::Tls),
        Self::Media,
        Self::Candidates,
    ];
}

/// A step stands here.
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

/// A step has found this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It works.
    Fine(Figure),
    /// It does not work.
    Trouble(Trouble),
    /// This server offers nothing of the kind.
    NotOffered,
    /// It could not be tried.
    NotTried(Obstacle),
}

/// This was measured where something works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// There is nothing to measure.
    Nothing,
    /// The device is there, and switched off.
    SwitchedOff,
    /// The device is there, and the browser will ask before it is used.
    WillAsk,
    /// A question and its answer took this long together, in ms.
    RoundTrip(u32),
    /// A relay relays like this.
    Relayed(Relayed),
    /// The media port, which is this one, is reached through a relay alone.
    ThroughRelay(u16),
    /// There are candidates of these kinds.
    Candidates(CandidateKinds),
}

/// A relay relays like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relayed {
    /// The way to the relay and back takes this long, in ms.
    pub round_trip_ms: u32,
    /// So much came through, in bits/s.
    pub bits_per_second: u32,
    /// The relay has this port.
    pub port: u16,
}

/// Something does not work.
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
    /// Nothing comes back from the media port, which is this one, and no relay leads there.
    MediaSilent(u16),
    /// The server takes no connection to its media port.
    MediaRefused,
    /// There is no candidate at all.
    NoCandidates,
}

/// Something could not be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// This page can make no connections.
    Page,
    /// The server did not say which STUN and TURN servers there are.
    ServersUnknown,
    /// The server lets nobody check that often.
    TooManyChecks,
}
