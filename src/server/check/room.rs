//! A visit to a room of the server, as any client would pay it.

use std::io;
use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::ORIGIN;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::target::TargetUrl;
use crate::device::socket::dial::{Stream, in_time};
use crate::protocol::sfu::SfuTerms;
use crate::protocol::{ClientMessage, IceServer, ParticipantKind, PeerId, ServerMessage};
use crate::server::secrets::random;

/// The version of the protocol's extension for the SFU that is spoken here.
const SFU_VERSION: u32 = 1;

/// What a visit has shown.
pub(super) struct Visit {
    /// The server told these STUN and TURN servers, as it tells every browser.
    pub(super) ice_servers: Vec<IceServer>,
    /// The server is an SFU too.
    pub(super) has_sfu: bool,
    /// This long it took from a question to its answer.
    pub(super) round_trip: Duration,
    /// The socket is kept open: the credentials of `ice_servers` are good for as long as the seat is.
    socket: WebSocketStream<Box<dyn Stream>>,
}

impl Visit {
    /// Goes to a room of its own that nobody else knows.
    ///
    /// # Errors
    /// Why it did not get in, in words.
    pub(super) async fn pay(target: &TargetUrl, stream: Box<dyn Stream>) -> Result<Self, String> {
        let mut request = format!("ws://{}/ws", target.authority())
            .into_client_request()
            .map_err(|error| error.to_string())?;
        let origin =
            HeaderValue::try_from(target.to_string()).map_err(|error| error.to_string())?;
        request.headers_mut().insert(ORIGIN, origin);
        let upgrading = async { Ok(client_async(request, stream).await) };
        let (mut socket, _) = match in_time(upgrading)
            .await
            .map_err(|error| error.to_string())?
        {
            Ok(upgraded) => upgraded,
            Err(Error::Http(response)) => {
                return Err(format!(
                    "it answered {} instead of upgrading",
                    response.status()
                ));
            }
            Err(error) => return Err(error.to_string()),
        };
        let room = random::room_name().map_err(|error| error.to_string())?;
        let join = ClientMessage::Join {
            room: room.to_string(),
            name: "Connection check".to_owned(),
            resume: None,
            media: None,
            kind: ParticipantKind::Person,
            sfu: Some(SFU_VERSION),
        };
        say(&mut socket, &join).await?;
        let (ice_servers, has_sfu) = loop {
            match hear(&mut socket).await? {
                ServerMessage::Welcome {
                    ice_servers, sfu, ..
                } => break (ice_servers, sfu.is_some()),
                ServerMessage::Error(error) => return Err(error.message),
                _ => {}
            }
        };
        let asked = Instant::now();
        let question = Message::Ping(b"?".as_slice().into());
        in_time(async { socket.send(question).await.map_err(io::Error::other) })
            .await
            .map_err(|error| error.to_string())?;
        while !matches!(next(&mut socket).await?, Message::Pong(_)) {}
        Ok(Self {
            ice_servers,
            has_sfu,
            round_trip: asked.elapsed(),
            socket,
        })
    }

    /// Offers the SFU a connection, and gives its answer.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub(super) async fn ask_sfu(&mut self, offer: String) -> Result<String, String> {
        let offer = ClientMessage::Offer {
            target: PeerId::new(SfuTerms::PEER),
            sdp: offer,
            serial: None,
        };
        say(&mut self.socket, &offer).await?;
        loop {
            let Message::Text(text) = next(&mut self.socket).await? else {
                continue;
            };
            // What else is said about the SFU is of no interest here, and may be of a newer server.
            match serde_json::from_str(&text) {
                Ok(ServerMessage::Answer { sdp, .. }) => return Ok(sdp),
                Ok(ServerMessage::Error(error)) => return Err(error.message),
                _ => {}
            }
        }
    }

    /// Leaves, so that no seat is kept.
    pub(super) async fn leave(mut self) {
        let _ = say(&mut self.socket, &ClientMessage::Leave).await;
        let _ = in_time(async { self.socket.close(None).await.map_err(io::Error::other) }).await;
    }
}

async fn say(
    socket: &mut WebSocketStream<Box<dyn Stream>>,
    message: &ClientMessage,
) -> Result<(), String> {
    let text = serde_json::to_string(message).map_err(|error| error.to_string())?;
    in_time(async {
        socket
            .send(Message::text(text))
            .await
            .map_err(io::Error::other)
    })
    .await
    .map_err(|error| error.to_string())
}

async fn next(socket: &mut WebSocketStream<Box<dyn Stream>>) -> Result<Message, String> {
    let received = in_time(async { Ok(socket.next().await) });
    match received.await.map_err(|error| error.to_string())? {
        Some(Ok(message)) => Ok(message),
        Some(Err(error)) => Err(error.to_string()),
        None => Err("it closed the connection".to_owned()),
    }
}

async fn hear(socket: &mut WebSocketStream<Box<dyn Stream>>) -> Result<ServerMessage, String> {
    loop {
        if let Message::Text(text) = next(socket).await? {
            return serde_json::from_str(&text)
                .map_err(|error| format!("it said something that was not understood: {error}"));
        }
    }
}
