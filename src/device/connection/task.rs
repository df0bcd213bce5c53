//! One connection at work: orders from the engine, packets from the network and time, one after another.
//!
//! Invariant: nothing is reported of a connection that was closed, and what breaks in it breaks nothing else.

use std::cell::RefCell;
use std::future::poll_fn;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use tokio::sync::mpsc;
use tokio::time::{Sleep, sleep_until};

use super::agent::{Agent, AgentOutput};
use super::gathering::{Gathered, RelayTransport};
use super::latest::LatestFrames;
use super::layout::MediaLayout;
use super::report::{ConnectionNews, ConnectionOrder, ConnectionReport, WantedMedia};
use super::sections::MediaWish;
use super::wires::{Incoming, PACKET, Wires};
use crate::device::measures::connection::ConnectionMeter;
use crate::device::measures::meter::Meter;
use crate::device::socket::dial::Trust;
use crate::protocol::{IceServer, IceTransportPolicy, PeerId};
use crate::room::{ConnectionState, PathId, PeerEvent, Route, Shape};

/// A deadline that is so near counts as reached: the library asks for some within a millionth of a second.
const NEAR: Duration = Duration::from_micros(300);

/// So many packets are taken in a row before anything else has its turn.
const PACKETS_IN_A_ROW: usize = 64;

thread_local! {
    /// Packets are read into this, one at a time, and are taken before anything else is read: connections of a thread share it.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; PACKET]);
}

/// What a connection has to know when it is opened.
pub(crate) struct ConnectionSetup {
    /// Reports are about this path.
    pub(crate) path: PathId,
    /// It is the so-manyth connection of the path.
    pub(crate) generation: u32,
    /// This person is at its other end, or the SFU under its name.
    pub(crate) whom: PeerId,
    /// It has these sections.
    pub(crate) shape: Shape,
    /// Media is sent and taken like this.
    pub(crate) wish: MediaWish,
    /// What arrives is measured here, and goes nowhere else.
    pub(crate) meter: Option<Arc<Meter>>,
    /// Ways out are looked for with the help of these.
    pub(crate) servers: Vec<IceServer>,
    /// These candidates may be used.
    pub(crate) policy: IceTransportPolicy,
    /// These relays are used.
    pub(crate) relays: RelayTransport,
    /// This is thought of a relay's certificate that nobody vouches for.
    pub(crate) trust: Trust,
    /// The server is reached from this address of the machine.
    pub(crate) towards_server: Option<IpAddr>,
    /// This side offers first.
    pub(crate) initiator: bool,
}

/// A connection at work.
pub(super) struct ConnectionTask {
    pub(super) setup: ConnectionSetup,
    pub(super) agent: Agent,
    pub(super) wires: Wires,
    /// Ways out that are being looked for.
    pub(super) gathering: FuturesUnordered<BoxFuture<'static, Gathered>>,
    /// The end of looking was not told in this generation.
    pub(super) is_looking: bool,
    /// It was told that the machine gives no socket.
    pub(super) told_no_socket: bool,
    /// Relayed candidates alone are tried for a while.
    pub(super) route: Route,
    /// Pictures are sent, as far as the model of the room says.
    pub(super) holds_pictures: bool,
    /// This is sent, as far as the other side is said to want it.
    pub(super) wanted: WantedMedia,
    /// A picture is sent only behind one that can be decoded alone.
    pub(super) awaits_key_frame: bool,
    /// One was last asked for then.
    pub(super) key_frame_wanted: Option<Instant>,
    pub(super) orders: mpsc::Receiver<ConnectionOrder>,
    pub(super) reports: mpsc::Sender<ConnectionReport>,
    pub(super) timer: Pin<Box<Sleep>>,
}

/// What woke the connection.
enum Wake {
    Order(Option<ConnectionOrder>),
    /// Something came in, and was taken.
    Incoming,
    Gathered(Gathered),
    Time,
}

impl ConnectionTask {
    pub(super) fn new(
        setup: ConnectionSetup,
        latest: LatestFrames,
        orders: mpsc::Receiver<ConnectionOrder>,
        reports: mpsc::Sender<ConnectionReport>,
    ) -> Self {
        let now = Instant::now();
        let meter = setup
            .meter
            .as_ref()
            .map(|meter| ConnectionMeter::new(Arc::clone(meter), now));
        let layout = MediaLayout::new(setup.shape, setup.whom.clone(), setup.wish);
        // Nothing goes to the SFU before it is known that somebody wants it.
        let is_wanted = !layout.is_of_hub();
        Self {
            agent: Agent::new(layout, latest, meter, now),
            setup,
            wires: Wires::default(),
            gathering: FuturesUnordered::new(),
            is_looking: false,
            told_no_socket: false,
            route: Route::Any,
            holds_pictures: false,
            wanted: WantedMedia {
                pictures: is_wanted,
                sound: is_wanted,
            },
            awaits_key_frame: true,
            key_frame_wanted: None,
            orders,
            reports,
            timer: Box::pin(sleep_until(now.into())),
        }
    }

    /// Works until nobody gives orders any more.
    pub(super) async fn run(mut self) {
        if self.setup.initiator {
            self.report(ConnectionNews::Peer(PeerEvent::NegotiationNeeded))
                .await;
        }
        let mut in_a_row = 0;
        loop {
            if !self.tell().await {
                break;
            }
            self.set_timer();
            match poll_fn(|context| self.poll(context)).await {
                Wake::Order(None) => break,
                Wake::Order(Some(order)) => self.follow(order).await,
                Wake::Incoming => {
                    in_a_row += 1;
                    if in_a_row >= PACKETS_IN_A_ROW {
                        in_a_row = 0;
                        tokio::task::yield_now().await;
                    }
                }
                Wake::Gathered(gathered) => self.take_gathered(gathered),
                Wake::Time => {
                    let now = Instant::now();
                    if self.agent.next_deadline() <= now + NEAR {
                        self.agent.pass(now);
                    }
                    self.wires.pass(now);
                }
            }
        }
        self.close().await;
    }

    /// In this order: what is asked for, what comes in, and time last.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Wake> {
        if let Poll::Ready(order) = self.orders.poll_recv(context) {
            return Poll::Ready(Wake::Order(order));
        }
        let taken = BUFFER.with_borrow_mut(|buffer| {
            let incoming = self.wires.poll(context, buffer);
            incoming.map(|incoming| self.take(incoming, buffer))
        });
        if taken.is_ready() {
            return Poll::Ready(Wake::Incoming);
        }
        if let Poll::Ready(Some(gathered)) = self.gathering.poll_next_unpin(context) {
            return Poll::Ready(Wake::Gathered(gathered));
        }
        self.timer.as_mut().poll(context).map(|()| Wake::Time)
    }

    fn set_timer(&mut self) {
        let agent = self.agent.next_deadline();
        let wires = self.wires.next_deadline();
        let wake = wires.map_or(agent, |wires| wires.min(agent));
        let wake = tokio::time::Instant::from_std(wake);
        if self.timer.deadline() != wake {
            self.timer.as_mut().reset(wake);
        }
    }

    /// Sends and tells what the connection has; says whether anybody still listens.
    async fn tell(&mut self) -> bool {
        while let Some(output) = self.agent.poll() {
            match output {
                AgentOutput::Packet(packet) => self.wires.send(&packet),
                AgentOutput::News(news) => {
                    if !self.report(news).await {
                        return false;
                    }
                }
            }
        }
        if self.is_looking {
            for candidate in self.agent.take_untold() {
                let candidate = PeerEvent::Candidate(Some(candidate));
                self.report(ConnectionNews::Peer(candidate)).await;
            }
            if self.gathering.is_empty() && !self.wires.is_looking() {
                self.is_looking = false;
                let end = PeerEvent::Candidate(None);
                self.report(ConnectionNews::Peer(end)).await;
            }
        }
        true
    }

    /// Reports something; says whether anybody still listens.
    pub(super) async fn report(&mut self, what: ConnectionNews) -> bool {
        let report = ConnectionReport {
            path: self.setup.path,
            generation: self.setup.generation,
            whom: self.setup.whom.clone(),
            what,
        };
        self.reports.send(report).await.is_ok()
    }

    fn take(&mut self, incoming: Incoming, buffer: &[u8]) {
        match incoming {
            Incoming::Packet {
                source,
                destination,
                length,
            } => {
                let packet = &buffer[..length.min(buffer.len())];
                self.agent
                    .receive(source, destination, packet, Instant::now());
            }
            Incoming::Candidate(candidate) => self.agent.add_local(candidate),
            Incoming::Gone(address) => self.agent.remove_local(address),
            Incoming::Nothing => {}
        }
    }

    fn take_gathered(&mut self, gathered: Gathered) {
        match gathered {
            Gathered::Servers(addresses) => {
                let now = Instant::now();
                // One of each family is enough.
                for is_ipv4 in [true, false] {
                    let address = addresses.iter().find(|it| it.is_ipv4() == is_ipv4);
                    if let Some(address) = address {
                        self.wires.ask(*address, now);
                    }
                }
                self.wires.pass(now);
            }
            Gathered::Relay(relay) => self.wires.add_relay(*relay),
            Gathered::Nothing => {}
        }
    }

    /// Says goodbye to the other side and gives back what relays keep.
    async fn close(mut self) {
        self.agent.close();
        while let Some(output) = self.agent.poll() {
            if let AgentOutput::Packet(packet) = output {
                self.wires.send(&packet);
            }
        }
        poll_fn(|context| {
            self.wires.give_back(context);
            Poll::Ready(())
        })
        .await;
    }
}

/// What is told of a connection whose task broke down.
pub(super) fn broken() -> ConnectionNews {
    ConnectionNews::Peer(PeerEvent::Connection(ConnectionState::Failed))
}
