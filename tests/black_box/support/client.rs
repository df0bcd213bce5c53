//! A client that speaks JSON over a WebSocket and takes nothing for granted.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::Server;
use super::secure::SecureStream;

/// Nothing the server does on purpose takes longer, in these tests.
const PATIENCE: Duration = Duration::from_secs(15);

pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<Box<dyn ByteStream>>,
}

/// A connection to the server, with or without TLS.
pub(crate) trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> ByteStream for T {}

/// How the server answered instead of upgrading.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: String,
}

pub(crate) async fn wait<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

impl Client {
    pub(crate) async fn connect(server: &Server) -> Self {
        Self::try_connect(server, None)
            .await
            .expect("the server upgrades")
    }

    /// Two in the room `standup`, who know of each other, and what Bob was told when he came.
    pub(crate) async fn ada_and_bob(server: &Server) -> (Self, Self, Value) {
        let (mut ada, _) = Self::join(server, "standup", "Ada").await;
        let (bob, second) = Self::join(server, "standup", "Bob").await;
        ada.expect("peer-joined").await;
        (ada, bob, second)
    }

    pub(crate) async fn try_connect(
        server: &Server,
        origin: Option<&str>,
    ) -> Result<Self, Refusal> {
        let origin = origin.map(|origin| ("origin", origin));
        Self::try_connect_with(server, origin.as_slice()).await
    }

    /// Connects as somebody whom a proxy says to come from this address.
    pub(crate) async fn connect_from(server: &Server, address: &str) -> Self {
        Self::try_connect_with(server, &[("x-forwarded-for", address)])
            .await
            .expect("the server upgrades")
    }

    /// Connects as somebody who says to have found the server at this host.
    pub(crate) async fn connect_at(server: &Server, host: &str) -> Self {
        Self::try_connect_with(server, &[("host", host)])
            .await
            .expect("the server upgrades")
    }

    async fn try_connect_with(
        server: &Server,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, Refusal> {
        let mut request = format!("ws://{}/ws", server.address())
            .into_client_request()
            .unwrap();
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).unwrap();
            request.headers_mut().insert(*name, value);
        }
        let stream: Box<dyn ByteStream> = if server.is_secure() {
            Box::new(SecureStream::connect(server.address()).await.stream)
        } else {
            Box::new(TcpStream::connect(server.address()).await.unwrap())
        };
        match wait(
            "an upgrade",
            tokio_tungstenite::client_async(request, stream),
        )
        .await
        {
            Ok((socket, response)) => {
                assert!(response.headers().contains_key("content-security-policy"));
                Ok(Self { socket })
            }
            Err(Error::Http(response)) => Err(Refusal {
                status: response.status().as_u16(),
                retry_after: response
                    .headers()
                    .get("retry-after")
                    .map(|value| value.to_str().unwrap().to_owned()),
                body: String::from_utf8(response.body().clone().unwrap_or_default()).unwrap(),
            }),
            Err(other) => panic!("{other}"),
        }
    }

    /// Connects and joins; gives back the welcome too.
    pub(crate) async fn join(server: &Server, room: &str, name: &str) -> (Self, Value) {
        let mut client = Self::connect(server).await;
        client
            .send(&json!({"type": "join", "room": room, "name": name}))
            .await;
        let welcome = client.expect("welcome").await;
        (client, welcome)
    }

    /// Connects and joins with the token of an earlier welcome.
    pub(crate) async fn resume(server: &Server, earlier: &Value, name: &str) -> (Self, Value) {
        let mut client = Self::connect(server).await;
        let join = json!({"type": "join", "room": earlier["room"], "name": name, "resume": earlier["resume"]});
        client.send(&join).await;
        let welcome = client.expect("welcome").await;
        (client, welcome)
    }

    pub(crate) async fn send(&mut self, message: &Value) {
        self.send_text(&message.to_string()).await;
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        wait("a write", self.socket.send(Message::text(text)))
            .await
            .unwrap();
    }

    /// The next message of the protocol.
    pub(crate) async fn next(&mut self) -> Value {
        match wait("a message", self.receive()).await {
            Ok(message) => message,
            Err(code) => panic!("closed with {code} instead of a message"),
        }
    }

    /// The next message, or the code the socket was closed with (1006 for no close frame).
    pub(crate) async fn receive(&mut self) -> Result<Value, u16> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => {
                    return Err(frame.map_or(1005, |frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(1006),
            }
        }
    }

    /// The next message, which has to be of that type.
    pub(crate) async fn expect(&mut self, kind: &str) -> Value {
        let message = self.next().await;
        assert_eq!(message["type"], kind, "{message}");
        message
    }

    /// The next message, which has to be an error of that code.
    pub(crate) async fn expect_error(&mut self, code: &str) -> Value {
        let message = self.expect("error").await;
        assert_eq!(message["code"], code, "{message}");
        assert!(
            message["message"]
                .as_str()
                .is_some_and(|words| !words.is_empty()),
            "{message}"
        );
        message
    }

    /// Reads until the socket is closed; the messages before, and the code.
    pub(crate) async fn closed(&mut self) -> (Vec<Value>, u16) {
        let mut messages = vec![];
        loop {
            match wait("a close", self.receive()).await {
                Ok(message) => messages.push(message),
                Err(code) => return (messages, code),
            }
        }
    }

    /// What has come for this client up to now: asks the server something and reads until its answer.
    pub(crate) async fn news(&mut self) -> Vec<Value> {
        self.send(&offer("nobody", "a question")).await;
        let mut news = vec![];
        loop {
            let message = self.next().await;
            if message["type"] == "error" && message["code"] == "unknown-peer" {
                return news;
            }
            news.push(message);
        }
    }
}

pub(crate) fn offer(target: &str, sdp: &str) -> Value {
    json!({"type": "offer", "target": target, "sdp": sdp})
}
