//! The load: WebSocket clients that speak as much of the protocol as the figures need.
//!
//! Invariant: bounded in count and on the loopback only. The clients come from several of its addresses, since one has
//! fewer free ports than there are connections.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use visavis::protocol::{ClientMessage, IceCandidate, IceServer, ParticipantKind, PeerId};

use crate::Result;
use crate::turn::Login;

/// Pairs of people between whom messages are relayed, each in a room of its own, one message under way in each.
const PAIRS: usize = 64;

/// People in a room of the idle crowd.
const CROWD_ROOM: usize = 10;

/// Clients that join at the same time.
const JOINING: usize = 100;

/// Connections from one source address.
const PER_SOURCE: usize = 5_000;

/// Longer than two rounds of pings: until then memory has stopped growing.
const SETTLING: Duration = Duration::from_secs(12);

/// Waits until a server has come to rest.
pub(crate) async fn settle() {
    tokio::time::sleep(SETTLING).await;
}

struct Member {
    socket: WebSocketStream<TcpStream>,
    peer: PeerId,
    others: Vec<PeerId>,
    ice_servers: Vec<IceServer>,
}

/// A seat, and the relay that goes with it.
pub(crate) struct Seat {
    _member: Member,
    /// Where the relay listens.
    pub(crate) relay: SocketAddr,
    /// What it accepts as long as the seat is taken.
    pub(crate) login: Login,
}

impl Seat {
    /// Takes it.
    pub(crate) async fn take(server: SocketAddr) -> Result<Self> {
        let member = Member::join(server, Ipv4Addr::LOCALHOST, "bench-relay".to_owned()).await?;
        let own = member.ice_servers.iter().find_map(|server| {
            let url = server
                .urls
                .iter()
                .find_map(|url| url.strip_prefix("turn:"))?;
            let relay = url.split('?').next()?.parse().ok()?;
            let login = Login {
                username: server.username.clone()?,
                password: server.credential.clone()?,
            };
            Some((relay, login))
        });
        let (relay, login) = own.ok_or("the server announces no relay")?;
        Ok(Self {
            _member: member,
            relay,
            login,
        })
    }
}

impl Member {
    async fn join(server: SocketAddr, source: Ipv4Addr, room: String) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((source, 0)))?;
        let stream = socket.connect(server).await?;
        stream.set_nodelay(true)?;
        let config = WebSocketConfig::default().read_buffer_size(2048);
        let (mut socket, _) = tokio_tungstenite::client_async_with_config(
            format!("ws://{server}/ws"),
            stream,
            Some(config),
        )
        .await?;
        let join = ClientMessage::Join {
            room,
            name: "Load".to_owned(),
            resume: None,
            media: None,
            kind: ParticipantKind::Person,
            sfu: None,
        };
        socket
            .send(Message::text(serde_json::to_string(&join)?))
            .await?;
        loop {
            let text = next_text(&mut socket).await?;
            let value: serde_json::Value = serde_json::from_str(&text)?;
            if value["type"] == "welcome" {
                let others = value["peers"].as_array().into_iter().flatten();
                return Ok(Self {
                    socket,
                    peer: serde_json::from_value(value["peer"].clone())?,
                    ice_servers: serde_json::from_value(value["iceServers"].clone())?,
                    others: others
                        .map(|info| serde_json::from_value(info["peer"].clone()))
                        .collect::<std::result::Result<_, _>>()?,
                });
            }
        }
    }
}

async fn next_text(socket: &mut WebSocketStream<TcpStream>) -> Result<String> {
    loop {
        match socket
            .next()
            .await
            .ok_or("the server closed the socket")??
        {
            Message::Text(text) => return Ok(text.as_str().to_owned()),
            Message::Close(frame) => return Err(format!("closed: {frame:?}").into()),
            _ => {}
        }
    }
}

/// Pairs of people who pass messages.
pub(crate) struct Pairs(Vec<(Member, Member)>);

impl Pairs {
    /// Joins them all.
    pub(crate) async fn join(server: SocketAddr) -> Result<Self> {
        let mut pairs = Vec::new();
        for number in 0..PAIRS {
            let room = format!("bench-pair-{number}");
            let listener = Member::join(server, Ipv4Addr::LOCALHOST, room.clone()).await?;
            let speaker = Member::join(server, Ipv4Addr::LOCALHOST, room).await?;
            pairs.push((speaker, listener));
        }
        Ok(Self(pairs))
    }

    /// Passes so many messages in all; each is awaited by who receives it before the pair's next is sent.
    pub(crate) async fn relay(self, messages: usize) -> Result<Self> {
        let each = messages / PAIRS;
        let mut running = JoinSet::new();
        for (speaker, listener) in self.0 {
            running.spawn(relay_between(speaker, listener, each));
        }
        let mut pairs = Vec::new();
        while let Some(pair) = running.join_next().await {
            pairs.push(pair??);
        }
        Ok(Self(pairs))
    }
}

async fn relay_between(
    mut one: Member,
    mut other: Member,
    messages: usize,
) -> Result<(Member, Member)> {
    if one.others.first() != Some(&other.peer) {
        return Err("the pair is not alone in its room".into());
    }
    let to_other = Message::text(candidate_for(&other.peer)?);
    let to_one = Message::text(candidate_for(&one.peer)?);
    for _ in 0..messages / 2 {
        one.socket.send(to_other.clone()).await?;
        await_candidate(&mut other).await?;
        other.socket.send(to_one.clone()).await?;
        await_candidate(&mut one).await?;
    }
    Ok((one, other))
}

fn candidate_for(target: &PeerId) -> Result<String> {
    Ok(serde_json::to_string(&ClientMessage::IceCandidate {
        target: target.clone(),
        candidate: Some(IceCandidate {
            candidate: "candidate:2999745851 1 udp 2122260223 192.0.2.17 56143 typ host generation 0 ufrag EsAw \
                        network-id 1 network-cost 10"
                .to_owned(),
            sdp_mid: Some("0".to_owned()),
            sdp_m_line_index: Some(0),
            username_fragment: Some("EsAw".to_owned()),
        }),
    })?)
}

async fn await_candidate(member: &mut Member) -> Result<()> {
    while !next_text(&mut member.socket)
        .await?
        .contains("ice-candidate")
    {}
    Ok(())
}

/// People who joined and then only answer pings.
pub(crate) struct Crowd {
    _listening: JoinSet<()>,
}

impl Crowd {
    /// Joins so many, in rooms of ten.
    pub(crate) async fn join(server: SocketAddr, count: usize) -> Result<Self> {
        let mut listening = JoinSet::new();
        for first in (0..count).step_by(JOINING) {
            let mut joining = JoinSet::new();
            for number in first..(first + JOINING).min(count) {
                let source = Ipv4Addr::new(127, 0, 0, u8::try_from(1 + number / PER_SOURCE)?);
                let room = format!("bench-crowd-{}", number / CROWD_ROOM);
                joining.spawn(Member::join(server, source, room));
            }
            while let Some(member) = joining.join_next().await {
                let mut member = member??;
                listening
                    .spawn(async move { while next_text(&mut member.socket).await.is_ok() {} });
            }
        }
        Ok(Self {
            _listening: listening,
        })
    }
}
