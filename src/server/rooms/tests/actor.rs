//! Rooms as connections know them, with their tasks and the time.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::super::core::Present;
use super::super::{
    ConnectionId, JoinRefusal, JoinRequest, RelayKind, RoomCaps, Rooms, SeatHandle, Undelivered,
};
use super::*;
use crate::protocol::{
    CloseCode, DisplayName, Limits, MediaState, ParticipantKind, PeerId, ResumeToken,
};
use crate::server::clock::Clock;
use crate::server::ice::{IceServers, SharedRelays};
use crate::server::net::client_networks::ClientNetworks;
use crate::server::rooms::outbox::Outbox;
use crate::server::secrets::resume_token::{KEY_BYTES, TokenSigner};
use crate::server::turn::Members;

mod deciding;
mod messages;
mod open_rooms;
mod seats;
mod stopping;
mod waiting;

const SEAT_KEPT: Duration = Duration::from_secs(30);

const LIMITS: Limits = Limits {
    room_capacity: 3,
    message_bytes: 65_536,
    message_rate: 100,
    seat_kept_ms: 30_000,
    mesh_capacity: None,
};

fn server() -> Rooms {
    server_with(IceServers::default())
}

fn server_with(ice_servers: IceServers) -> Rooms {
    server_of(ice_servers, Members::default())
}

fn server_of(ice_servers: IceServers, members: Members) -> Rooms {
    server_limited(LIMITS, ice_servers, members)
}

/// Whoever comes can wait this long for a seat.
const PATIENCE: Duration = Duration::from_secs(10);

const CAPS: RoomCaps = RoomCaps {
    rooms: 2,
    rooms_of_one: 2,
    kept_of_one: 2,
};

fn server_limited(limits: Limits, ice_servers: IceServers, members: Members) -> Rooms {
    server_capped(CAPS, limits, ice_servers, members)
}

fn server_capped(
    caps: RoomCaps,
    limits: Limits,
    ice_servers: IceServers,
    members: Members,
) -> Rooms {
    let signer = TokenSigner::new(&[1; KEY_BYTES]).unwrap();
    let clock = Clock::start();
    Rooms::new(limits, ice_servers, members, None, signer, clock, caps)
}

fn request_from(from: &str, connection: u64) -> JoinRequest {
    JoinRequest {
        connection: ConnectionId(connection),
        outbox: Arc::default(),
        name: DisplayName::parse("Ada").unwrap(),
        media: MediaState::default(),
        kind: ParticipantKind::Person,
        speaks_to_sfu: false,
        authority: None,
        networks: ClientNetworks::of(from.parse().unwrap()),
        latest: Instant::now() + PATIENCE,
    }
}

struct Client {
    seat: SeatHandle,
    outbox: Arc<Outbox>,
    resume: ResumeToken,
    resumed: bool,
    recovering: bool,
}

impl Client {
    async fn join(
        rooms: &Rooms,
        connection: u64,
        room: &str,
        resume: Option<&ResumeToken>,
    ) -> Result<Self, JoinRefusal> {
        Self::join_from("127.0.0.1", rooms, connection, room, resume).await
    }

    async fn join_from(
        from: &str,
        rooms: &Rooms,
        connection: u64,
        room: &str,
        resume: Option<&ResumeToken>,
    ) -> Result<Self, JoinRefusal> {
        Self::join_with(request_from(from, connection), rooms, room, resume).await
    }

    async fn join_with(
        request: JoinRequest,
        rooms: &Rooms,
        room: &str,
        resume: Option<&ResumeToken>,
    ) -> Result<Self, JoinRefusal> {
        let outbox = Arc::clone(&request.outbox);
        let room = RoomName::parse(room).unwrap();
        let seat = rooms.join(&room, request, resume).await.decided().await?;
        // Whoever else joins at the same time may stand behind the welcome.
        match first(&outbox).await {
            ServerMessage::Welcome {
                peer,
                resume,
                resumed,
                recovering,
                ..
            } if peer == *seat.peer() => Ok(Self {
                seat,
                outbox,
                resume,
                resumed,
                recovering,
            }),
            other => panic!("no welcome but {other:?}"),
        }
    }

    fn peer(&self) -> PeerId {
        self.seat.peer().clone()
    }

    /// Sends another client a description.
    fn offer(&self, to: &PeerId, text: &str) -> Result<(), Undelivered> {
        let kind = RelayKind::Description;
        self.seat.relay(to.as_str(), kind, || text.into())
    }
}

/// The next message; the outbox must not hold more than one.
async fn next(outbox: &Outbox) -> ServerMessage {
    let mail = std::future::poll_fn(|context| outbox.poll_take(context)).await;
    assert_eq!(mail.close, None);
    assert_eq!(mail.messages.len(), 1, "{mail:?}");
    serde_json::from_str(&mail.messages[0]).unwrap()
}

async fn first(outbox: &Outbox) -> ServerMessage {
    let mail = std::future::poll_fn(|context| outbox.poll_take(context)).await;
    serde_json::from_str(&mail.messages[0]).unwrap()
}

async fn close_code(outbox: &Outbox) -> Option<CloseCode> {
    std::future::poll_fn(|context| outbox.poll_take(context))
        .await
        .close
}

const WIDE: Limits = Limits {
    room_capacity: 1_000,
    ..LIMITS
};

fn wide_server() -> Rooms {
    server_limited(WIDE, IceServers::default(), Members::default())
}

/// Lets somebody ask for a seat and says after how many ms they have one.
fn asks(
    rooms: &Rooms,
    from: &'static str,
    connection: u64,
    room: &'static str,
) -> JoinHandle<Result<(u128, Client), JoinRefusal>> {
    let rooms = rooms.clone();
    let asked = Instant::now();
    tokio::spawn(async move {
        let client = Client::join_from(from, &rooms, connection, room, None).await?;
        Ok((asked.elapsed().as_millis(), client))
    })
}

/// A room whose next newcomer has to wait, and who is inside.
async fn crowded() -> (Rooms, Vec<Client>) {
    let rooms = wide_server();
    let mut seats = vec![];
    for connection in 0..40 {
        let seat = Client::join(&rooms, connection, "standup", None).await;
        seats.push(seat.unwrap());
    }
    (rooms, seats)
}

/// Whether the relay counts with somebody.
fn stands(members: &Members, peer: &PeerId) -> bool {
    members.standing(peer.as_str()).is_some()
}

async fn closed_down_to(rooms: &Rooms, count: usize) {
    while rooms.count() > count {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_lobby_learns_who_is_here_and_opens_no_room_by_asking() {
    let rooms = server();
    let room = RoomName::parse("standup").unwrap();
    assert_eq!(rooms.who_is_inside(&room).await, Present::default());
    assert_eq!(rooms.count(), 0);
    let ada = Client::join(&rooms, 1, "standup", None).await.unwrap();
    let _ben = Client::join(&rooms, 2, "standup", None).await.unwrap();
    assert_eq!(rooms.who_is_inside(&room).await.names.len(), 2);
    drop(ada.seat);
    assert_eq!(rooms.who_is_inside(&room).await.names.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn credentials_that_expire_are_renewed_for_each_peer_before_they_do() {
    let rooms = server_with(IceServers {
        shared: Some(SharedRelays {
            urls: vec!["turn:example.org".parse().unwrap()],
            secret: "north".parse().unwrap(),
        }),
        ..IceServers::default()
    });
    let ada = Client::join(&rooms, 1, "standup", None).await.unwrap();
    let mut expiries = Vec::new();
    for _ in 0..3 {
        let ServerMessage::IceServers { ice_servers } = first(&ada.outbox).await else {
            panic!("something else");
        };
        assert_eq!(ice_servers[0].urls, ["turn:example.org"]);
        let username = ice_servers[0].username.clone().unwrap();
        let (expiry, peer) = username.split_once(':').unwrap();
        assert_eq!(peer, ada.seat.peer().as_str());
        expiries.push(expiry.parse::<u64>().unwrap());
    }
    let steps: Vec<u64> = expiries.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(steps, [1800, 1800]);
}
