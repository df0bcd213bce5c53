//! A server and people that a device meets, without a socket: they answer what the engine says, one model second after another.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use crate::device::connection::handle::Connection;
use crate::device::connection::report::{
    ChannelNews, ConnectionNews, ConnectionOrder, ConnectionReport,
};
use crate::device::connection::task::ConnectionSetup;
use crate::device::engine::driver::{Engine, Program};
use crate::device::engine::network::Network;
use crate::device::engine::options::Options;
use crate::device::engine::termination::Terminations;
use crate::device::lines::output::Output;
use crate::device::lines::reader::LineRead;
use crate::device::socket::dial::Trust;
use crate::device::socket::signaling::{Socket, SocketNews, SocketReport};
use crate::protocol::{
    ClientMessage, CloseCode, DepartureReason, DisplayName, IceTransportPolicy, Limits, MediaState,
    ParticipantKind, PeerId, PeerInfo, ResumeToken, ServerMessage,
};
use crate::room::messaging::application::{ApplicationMessage, Topic};
use crate::room::messaging::channel::{Channel, Frame};
use crate::room::messaging::chat::receipts::Receipts;
use crate::room::messaging::frame::ChatFrame;
use crate::room::{ConnectionState, Pair, PathId, PeerCommand, PeerEvent};

/// What the engine has opened and nobody has taken yet.
#[derive(Default)]
struct Opened {
    sockets: Vec<ServerEnd>,
    connections: Vec<PersonEnd>,
}

/// The server's end of a socket.
struct ServerEnd {
    number: u32,
    said: mpsc::Receiver<ClientMessage>,
    reports: mpsc::Sender<SocketReport>,
}

/// Somebody's end of a connection.
struct PersonEnd {
    path: PathId,
    generation: u32,
    whom: PeerId,
    is_initiator: bool,
    is_open: bool,
    orders: mpsc::Receiver<ConnectionOrder>,
    reports: mpsc::Sender<ConnectionReport>,
}

/// Opens what leads to nobody but the world.
struct Thought(Rc<RefCell<Opened>>);

impl Network for Thought {
    fn socket(&self, _: &Options, number: u32, reports: mpsc::Sender<SocketReport>) -> Socket {
        let (socket, said) = Socket::in_memory();
        self.0.borrow_mut().sockets.push(ServerEnd {
            number,
            said,
            reports,
        });
        socket
    }

    fn connection(
        &self,
        setup: ConnectionSetup,
        reports: mpsc::Sender<ConnectionReport>,
    ) -> Connection {
        let (connection, orders) = Connection::in_memory(&setup);
        self.0.borrow_mut().connections.push(PersonEnd {
            path: setup.path,
            generation: setup.generation,
            whom: setup.whom,
            is_initiator: setup.initiator,
            is_open: false,
            orders,
            reports,
        });
        connection
    }
}

/// The server, the people, and the device among them.
pub(super) struct World {
    pub(super) engine: Engine,
    /// The program writes here.
    pub(super) lines: mpsc::Sender<LineRead>,
    /// The server is there.
    pub(super) is_up: bool,
    /// These are in the room, in order of arrival.
    pub(super) people: Vec<PeerId>,
    /// So many messages of this topic arrived at each.
    pub(super) heard: BTreeMap<(PeerId, String), u64>,
    /// So many messages arrived at anybody.
    pub(super) arrived: u64,
    /// The server welcomed the device so often.
    pub(super) welcomes: u32,
    /// So many people came.
    pub(super) came: u32,
    /// Who is asked to acknowledge something does it, or does not.
    pub(super) acknowledges: bool,
    opened: Rc<RefCell<Opened>>,
    socket: Option<ServerEnd>,
    connections: Vec<PersonEnd>,
    said: u32,
    now: Instant,
}

impl World {
    /// A device that was started in a room with so many people.
    pub(super) fn new(people: u32) -> Self {
        let (lines, waiting) = mpsc::channel(64);
        let options = Options {
            address: "http://127.0.0.1:1/r/greenhouse".parse().unwrap(),
            name: DisplayName::parse("Thermometer").unwrap(),
            reconnects: true,
            state: None,
            video: None,
            audio: None,
            save: None,
            meter: None,
            relay: None,
            trust: Trust::Authorities,
        };
        let program = Program {
            lines: Some(waiting),
            output: Output::to(std::io::sink()).unwrap().0,
        };
        let terminations = Terminations::of_the_process().unwrap();
        let mut engine = Engine::new(options, program, terminations).unwrap();
        let opened = Rc::new(RefCell::new(Opened::default()));
        engine.network = Box::new(Thought(Rc::clone(&opened)));
        engine.prepare();
        engine.join();
        let mut world = Self {
            engine,
            lines,
            is_up: true,
            people: Vec::new(),
            heard: BTreeMap::new(),
            arrived: 0,
            acknowledges: true,
            opened,
            socket: None,
            connections: Vec::new(),
            came: 0,
            said: 0,
            welcomes: 0,
            now: Instant::now(),
        };
        for _ in 0..people {
            let newcomer = world.next_person();
            world.people.push(newcomer);
        }
        world
    }

    /// Lets a second pass.
    pub(super) async fn pass_second(&mut self) {
        self.now += Duration::from_secs(1);
        loop {
            self.answer();
            match timeout_at(self.now, self.engine.next_input()).await {
                Ok(input) => self.engine.take(input),
                Err(_) => return,
            }
            assert_eq!(self.engine.end, None);
        }
    }

    /// The program writes a line.
    pub(super) fn write(&self, line: &serde_json::Value) {
        let line = LineRead::Line(line.to_string());
        self.lines.try_send(line).expect("the device reads");
    }

    /// Somebody comes, and offers.
    pub(super) fn come(&mut self) {
        let newcomer = self.next_person();
        self.people.push(newcomer.clone());
        self.say(ServerMessage::PeerJoined {
            peer: newcomer.clone(),
            name: newcomer.as_str().to_owned(),
            media: MediaState::default(),
            kind: kind(self.came),
            sfu: None,
        });
        self.say(ServerMessage::Offer {
            sdp: description(&newcomer),
            from: newcomer,
            serial: Some(1),
        });
    }

    /// The one who came as the so-manyth leaves.
    pub(super) fn go(&mut self, index: usize) {
        let peer = self.people.remove(index);
        self.connections.retain(|it| it.whom != peer);
        self.heard.retain(|(whom, _), _| *whom != peer);
        let reason = DepartureReason::Left;
        self.say(ServerMessage::PeerLeft { peer, reason });
    }

    /// The connection to somebody breaks; they keep their seat.
    pub(super) fn break_connection(&mut self, index: usize) {
        let failed = ConnectionNews::Peer(PeerEvent::Connection(ConnectionState::Failed));
        let peer = &self.people[index];
        if let Some(end) = self.connections.iter().find(|it| it.whom == *peer) {
            end.report(failed);
        }
    }

    /// Somebody loses the server for a while, and has it again.
    pub(super) fn blink(&self, index: usize) {
        let peer = self.people[index].clone();
        self.say(ServerMessage::PeerAway { peer: peer.clone() });
        self.say(ServerMessage::PeerBack { peer });
    }

    /// Somebody says something in the chat, and a program of theirs does too.
    pub(super) fn talk(&mut self, index: usize) {
        self.said += 1;
        let text = json!({
            "type": "message", "id": format!("{}-{}", self.people[index], self.said),
            "text": format!("Number {}", self.said), "sentAt": self.said,
        });
        let topic = format!("telemetry/value-{}", self.said % 50);
        let value = json!({"type": "app", "topic": topic, "data": self.said});
        let peer = &self.people[index];
        let mut open = self.connections.iter().filter(|it| it.is_open);
        if let Some(end) = open.find(|it| it.whom == *peer) {
            for frame in [text, value] {
                let frame = ChannelNews::Frame(Frame::Text(frame.to_string()));
                end.report(ConnectionNews::Channel(Channel::Chat, frame));
            }
        }
    }

    /// The server ends, and is started again when [`Self::is_up`] is set.
    pub(super) fn end_server(&mut self) {
        self.is_up = false;
        if let Some(socket) = self.socket.take() {
            socket.report(SocketNews::Closed(CloseCode::Restarting, None));
        }
    }

    /// The people to whom a connection is open.
    pub(super) fn connected(&self) -> usize {
        self.connections.iter().filter(|it| it.is_open).count()
    }

    fn next_person(&mut self) -> PeerId {
        self.came += 1;
        PeerId::new(format!("P{}", self.came))
    }

    fn say(&self, message: ServerMessage) {
        if let Some(socket) = &self.socket {
            socket.report(SocketNews::Said(Box::new(message)));
        }
    }

    /// Answers everything that the engine said.
    fn answer(&mut self) {
        let opened = self.opened.take();
        self.connections.extend(opened.connections);
        for socket in opened.sockets {
            if self.is_up {
                socket.report(SocketNews::Opened(None));
                self.socket = Some(socket);
            } else {
                socket.report(SocketNews::Closed(CloseCode::Other(1006), None));
            }
        }
        while let Some(Ok(message)) = self.socket.as_mut().map(|it| it.said.try_recv()) {
            self.answer_message(message);
        }
        let mut connections = std::mem::take(&mut self.connections);
        connections.retain_mut(|end| self.answer_connection(end));
        self.connections.append(&mut connections);
    }

    fn answer_message(&mut self, message: ClientMessage) {
        match message {
            ClientMessage::Join { resume, .. } => {
                self.welcomes += 1;
                let info = |peer: &PeerId| PeerInfo {
                    peer: peer.clone(),
                    name: peer.as_str().to_owned(),
                    media: MediaState::default(),
                    hand: false,
                    hand_place: None,
                    away: false,
                    kind: ParticipantKind::Person,
                    sfu: None,
                };
                self.say(ServerMessage::Welcome {
                    peer: PeerId::new("me"),
                    resume: ResumeToken::new(format!("token {}", self.welcomes)),
                    resumed: resume.is_some(),
                    room: "greenhouse".to_owned(),
                    peers: self.people.iter().map(info).collect(),
                    ice_servers: Vec::new(),
                    ice_transport_policy: IceTransportPolicy::All,
                    limits: Limits {
                        room_capacity: 100,
                        message_bytes: 65_536,
                        message_rate: 0,
                        seat_kept_ms: 30_000,
                        mesh_capacity: None,
                    },
                    recovering: false,
                    sfu: None,
                });
            }
            ClientMessage::Offer { target, serial, .. } if self.people.contains(&target) => {
                self.say(ServerMessage::Answer {
                    sdp: description(&target),
                    from: target,
                    serial,
                });
            }
            ClientMessage::IceServers => {
                let ice_servers = Vec::new();
                self.say(ServerMessage::IceServers { ice_servers });
            }
            _ => {}
        }
    }

    /// Answers what a connection was asked for; says whether the engine still has it.
    fn answer_connection(&mut self, end: &mut PersonEnd) -> bool {
        if std::mem::take(&mut end.is_initiator) {
            end.report(ConnectionNews::Peer(PeerEvent::NegotiationNeeded));
        }
        loop {
            match end.orders.try_recv() {
                Ok(ConnectionOrder::Command(command)) => end.obey(command),
                Ok(ConnectionOrder::Transmit(channel, frame)) if end.is_open => {
                    self.hear(end, channel, &frame);
                }
                Ok(ConnectionOrder::Count(awaited)) => {
                    let count = 0;
                    end.report(ConnectionNews::Peer(PeerEvent::Received { count, awaited }));
                }
                Ok(_) => {}
                Err(mpsc::error::TryRecvError::Empty) => return true,
                Err(mpsc::error::TryRecvError::Disconnected) => return false,
            }
        }
    }

    /// Somebody hears what the device said, and answers as a page would.
    fn hear(&mut self, end: &PersonEnd, channel: Channel, frame: &Frame) {
        if channel != Channel::Chat {
            return;
        }
        let answer = match ChatFrame::parse(frame) {
            Ok(ChatFrame::Message { id, .. }) => ChatFrame::Received(Receipts::one(id)),
            Ok(ChatFrame::HistoryRequest) => ChatFrame::History {
                entries: Vec::new(),
                more: false,
            },
            Ok(ChatFrame::App(message)) => {
                self.arrived += 1;
                let topic = message.topic.as_str().to_owned();
                *self
                    .heard
                    .entry((end.whom.clone(), topic.clone()))
                    .or_default() += 1;
                let Some(ack) = message.ack.filter(|_| self.acknowledges) else {
                    return;
                };
                ChatFrame::App(ApplicationMessage {
                    topic: Topic::parse(&format!("{topic}/ack")).unwrap(),
                    data: json!({ "ack": ack }),
                    ack: None,
                })
            }
            _ => return,
        };
        let frame = ChannelNews::Frame(answer.to_frame());
        end.report(ConnectionNews::Channel(Channel::Chat, frame));
    }
}

impl ServerEnd {
    fn report(&self, what: SocketNews) {
        let number = self.number;
        let report = SocketReport { number, what };
        self.reports.try_send(report).expect("the device listens");
    }
}

impl PersonEnd {
    fn report(&self, what: ConnectionNews) {
        let report = ConnectionReport {
            path: self.path,
            generation: self.generation,
            whom: self.whom.clone(),
            what,
        };
        self.reports.try_send(report).expect("the device listens");
    }

    fn obey(&mut self, command: PeerCommand) {
        let mine = PeerId::new(format!("me-{}", self.generation));
        let sdp = description(&mine);
        match command {
            PeerCommand::Offer { .. } => {
                self.report(ConnectionNews::Peer(PeerEvent::LocalOffer { sdp }));
            }
            PeerCommand::AcceptOffer { .. } => {
                self.report(ConnectionNews::Peer(PeerEvent::LocalAnswer { sdp }));
                self.open();
            }
            PeerCommand::AcceptAnswer { .. } => {
                self.report(ConnectionNews::Peer(PeerEvent::AnswerApplied));
                self.open();
            }
            _ => {}
        }
    }

    /// Both sides are agreed: the connection works, and its channels are open.
    fn open(&mut self) {
        for event in [
            PeerEvent::Connection(ConnectionState::Connecting),
            PeerEvent::Pair(Pair::Found),
            PeerEvent::Connection(ConnectionState::Connected),
        ] {
            self.report(ConnectionNews::Peer(event));
        }
        if !std::mem::replace(&mut self.is_open, true) {
            for channel in Channel::ALL {
                self.report(ConnectionNews::Channel(channel, ChannelNews::Opened));
            }
        }
    }
}

/// Some are devices.
fn kind(number: u32) -> ParticipantKind {
    if number.is_multiple_of(3) {
        ParticipantKind::Device
    } else {
        ParticipantKind::Person
    }
}

/// What tells a connection of this name from others.
fn description(of: &PeerId) -> String {
    let number: u64 = of
        .as_str()
        .bytes()
        .fold(7, |all, byte| (all * 31 + u64::from(byte)) % 1_000_000_007);
    format!("v=0\r\no=- {number} 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=ice-ufrag:{number}\r\n")
}
