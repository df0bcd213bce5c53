//! Whether the server's media port can be reached: over UDP, or else through a relay.
//!
//! Invariant: for as long as it takes it has a seat in a room that nobody else knows, and it sends no media.

use futures::StreamExt;
use futures::channel::mpsc;

use super::course::Course;
use super::end::End;
use super::wait::within;
use crate::client::browser::environment;
use crate::client::report::{Report, Reporter, SocketReport};
use crate::client::rtc::connection::IceConfiguration;
use crate::client::socket::Socket;
use crate::protocol::fields::read_text;
use crate::protocol::{
    ClientMessage, IceServer, IceTransportPolicy, ParticipantKind, PeerId, ServerMessage,
};
use crate::room::connection_test::{Figure, Finding, Obstacle, Trouble};
use crate::room::{ConnectionState, PeerEvent, Route, media_port};

/// The version of the protocol's extension for the SFU that is spoken here.
const SFU_VERSION: u32 = 1;

/// The socket may take this long to open, and each answer this long to come, in ms.
const ANSWER_MS: u64 = 8_000;

/// Connecting may take this long, in ms.
const CONNECTING_MS: u64 = 6_000;

/// Tries it, where there is one.
pub(super) async fn finding(course: &Course) -> Finding {
    if !environment::has_sfu(&course.window) {
        return Finding::NotOffered;
    }
    let (reporter, mut reports) = Reporter::new();
    let Some(seat) = Seat::take(course, &reporter, &mut reports).await else {
        return Finding::NotTried(Obstacle::ServersUnknown);
    };
    let Some(sfu) = &seat.sfu else {
        return Finding::NotOffered;
    };
    let direct = (Vec::new(), IceTransportPolicy::All);
    let relayed = (seat.ice_servers.clone(), IceTransportPolicy::Relay);
    let mut found = Err(Trouble::MediaRefused);
    for (number, (servers, policy)) in [(1, direct), (2, relayed)] {
        if number == 2 && servers.is_empty() {
            break;
        }
        let ice = IceConfiguration {
            servers,
            policy,
            route: Route::Any,
        };
        let Ok(end) = End::open(&ice, number, &reporter) else {
            break;
        };
        found = seat.connect(course, sfu, &end, number, &mut reports).await;
        match found {
            Ok(_) if number == 1 => return Finding::Fine(Figure::Nothing),
            Ok(port) => return Finding::Fine(Figure::ThroughRelay(port)),
            Err(Trouble::MediaSilent(_)) => {}
            Err(_) => break,
        }
    }
    Finding::Trouble(found.err().unwrap_or(Trouble::MediaRefused))
}

/// A seat in a room of our own, which is given up when this is dropped.
struct Seat {
    socket: Socket,
    /// Offers for the SFU are addressed to this id; `None` where there is none after all.
    sfu: Option<PeerId>,
    ice_servers: Vec<IceServer>,
}

impl Seat {
    async fn take(
        course: &Course,
        reporter: &Reporter,
        reports: &mut mpsc::Receiver<Report>,
    ) -> Option<Self> {
        let socket = Socket::open(&course.window, 0, reporter)?;
        let opened = within(&course.window, ANSWER_MS, socket_report(reports)).await;
        let Some(Some(SocketReport::Opened)) = opened else {
            return None;
        };
        socket.send(&ClientMessage::Join {
            room: own_room(),
            name: "Connection check".to_owned(),
            resume: None,
            media: None,
            kind: ParticipantKind::Person,
            sfu: Some(SFU_VERSION),
        });
        let welcome = async {
            loop {
                match message(reports).await? {
                    ServerMessage::Welcome {
                        sfu, ice_servers, ..
                    } => return Some((sfu, ice_servers)),
                    ServerMessage::Error(_) => return None,
                    _ => {}
                }
            }
        };
        let (terms, ice_servers) = within(&course.window, ANSWER_MS, welcome).await??;
        Some(Self {
            socket,
            sfu: terms.map(|terms| terms.peer),
            ice_servers,
        })
    }

    /// Connects this end to the SFU; gives the media port.
    async fn connect(
        &self,
        course: &Course,
        sfu: &PeerId,
        end: &End,
        number: u32,
        reports: &mut mpsc::Receiver<Report>,
    ) -> Result<u16, Trouble> {
        let refused = Trouble::MediaRefused;
        let offer = end.offer().await.map_err(|_| refused)?;
        self.socket.send(&ClientMessage::Offer {
            target: sfu.clone(),
            sdp: offer,
            serial: Some(number),
        });
        let answer = async {
            loop {
                match message(reports).await? {
                    ServerMessage::Answer { sdp, serial, .. } if serial == Some(number) => {
                        return Some(sdp);
                    }
                    ServerMessage::Error(_) => return None,
                    _ => {}
                }
            }
        };
        let answer = within(&course.window, ANSWER_MS, answer).await;
        let answer = answer.flatten().ok_or(refused)?;
        let port = media_port(&answer).ok_or(refused)?;
        end.take_answer(&answer).await.map_err(|_| refused)?;
        let connected = async {
            while let Some(report) = reports.next().await {
                match report {
                    Report::Path {
                        generation, event, ..
                    } if generation == number => match event {
                        PeerEvent::Connection(ConnectionState::Connected) => return true,
                        PeerEvent::Connection(ConnectionState::Failed) => return false,
                        _ => {}
                    },
                    Report::Socket(_, SocketReport::Closed(_)) => return false,
                    _ => {}
                }
            }
            false
        };
        match within(&course.window, CONNECTING_MS, connected).await {
            Some(true) => Ok(port),
            _ => Err(Trouble::MediaSilent(port)),
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.socket.send(&ClientMessage::Leave);
    }
}

/// A room that nobody else is in.
fn own_room() -> String {
    let number = || (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
    ["check-", &number().to_string(), "-", &number().to_string()].concat()
}

async fn socket_report(reports: &mut mpsc::Receiver<Report>) -> Option<SocketReport> {
    loop {
        if let Report::Socket(_, report) = reports.next().await? {
            return Some(report);
        }
    }
}

/// The next message that is understood; `None` when the socket is closed.
async fn message(reports: &mut mpsc::Receiver<Report>) -> Option<ServerMessage> {
    loop {
        match socket_report(reports).await? {
            SocketReport::Text(text) => {
                if let Ok(message) = read_text(&text) {
                    return Some(message);
                }
            }
            SocketReport::Closed(_) => return None,
            SocketReport::Opened => {}
        }
    }
}
