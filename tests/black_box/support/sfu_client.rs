//! A person who takes part over the SFU: what they say over the WebSocket, and their media.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::sfu_ledger::Ledger;
use super::sfu_line::{Line, Over};
use super::sfu_media::{Media, MediaHandle, MediaNews};
use super::sfu_news::News;
use super::sfu_relayed::RelayedLine;
use super::turn::Relay;
use super::{Client, Server};

/// A server with an SFU on loopback that every room uses.
pub(crate) fn sfu_server() -> Server {
    Server::start(&["--sfu", "always", "--sfu-listen", "127.0.0.1:0"])
}

/// Somebody who takes part over the SFU.
pub(crate) struct SfuClient {
    pub(crate) name: String,
    pub(crate) peer: String,
    /// What the server said last when they came.
    pub(crate) welcome: Value,
    /// `None` when the socket is lost.
    pub(crate) socket: Option<Client>,
    pub(crate) media: MediaHandle,
    /// What came over the slots.
    pub(crate) ledger: Ledger,
    /// The newest map of the slots.
    pub(crate) slots: Value,
    /// They say that they have seen each map.
    pub(crate) sees_slots: bool,
    /// Of the candidates of an answer only those with this address are taken.
    pub(crate) takes: Option<&'static str>,
    /// The highest number of an offer so far.
    pub(crate) serial: u32,
    /// The last answer that was taken.
    answer: String,
    watches: u32,
}

impl SfuClient {
    /// Takes a seat. There is no connection yet.
    pub(crate) async fn join(server: &Server, room: &str, name: &str) -> Self {
        Self::ask(server, json!({"type": "join", "room": room, "name": name})).await
    }

    /// Takes a seat, with media that go through the relay.
    pub(crate) async fn join_relayed(server: &Server, over: Over, room: &str, name: &str) -> Self {
        let mut client = Self::join(server, room, name).await;
        let line = RelayedLine::open(&Relay::in_welcome(&client.welcome), over).await;
        client.media = MediaHandle::over(&client.peer, Line::Relayed(line));
        client
    }

    /// Takes a seat, connects, and sends a voice and all layers of a camera.
    pub(crate) async fn enter(server: &Server, room: &str, name: &str) -> Self {
        Self::join(server, room, name).await.entered().await
    }

    /// Connects, and sends a voice and all layers of a camera.
    pub(crate) async fn entered(mut self) -> Self {
        self.connect().await;
        self.publish("microphone", &[""]).await;
        self.publish("camera", &["q", "h", "f"]).await;
        self
    }

    /// Two in the room `standup` who are connected and send.
    pub(crate) async fn ada_and_bob(server: &Server) -> (Self, Self) {
        let ada = Self::enter(server, "standup", "Ada").await;
        let bob = Self::enter(server, "standup", "Bob").await;
        (ada, bob)
    }

    /// Takes a seat as somebody who says to have found the server at this host.
    pub(crate) async fn join_at(server: &Server, host: &str, room: &str, name: &str) -> Self {
        let join = json!({"type": "join", "room": room, "name": name});
        Self::ask_over(Client::connect_at(server, host).await, join).await
    }

    async fn ask(server: &Server, join: Value) -> Self {
        Self::ask_over(Client::connect(server).await, join).await
    }

    async fn ask_over(mut socket: Client, mut join: Value) -> Self {
        let media = json!({"audio": true, "video": true, "screen": false});
        join["sfu"] = json!(1);
        join["media"] = media;
        socket.send(&join).await;
        let welcome = socket.expect("welcome").await;
        let peer = welcome["peer"].as_str().unwrap().to_owned();
        Self {
            name: join["name"].as_str().unwrap().to_owned(),
            media: MediaHandle::new(&peer),
            peer,
            welcome,
            socket: Some(socket),
            ledger: Ledger::default(),
            slots: Value::Null,
            sees_slots: true,
            takes: None,
            serial: 0,
            answer: String::new(),
            watches: 0,
        }
    }

    /// The same person over a new socket and with a new connection, which is not made yet.
    pub(crate) async fn come_again(&self, server: &Server) -> Self {
        let (room, token) = (&self.welcome["room"], &self.welcome["resume"]);
        let join = json!({"type": "join", "room": room, "name": self.name, "resume": token});
        let mut again = Self::ask(server, join).await;
        assert_eq!(again.peer, self.peer, "the seat is theirs");
        again.serial = self.serial;
        again.watches = self.watches;
        again
    }

    /// The same person over a new socket, while their media go on.
    pub(crate) async fn resume(&mut self, server: &Server) {
        let again = self.come_again(server).await;
        self.welcome = again.welcome;
        self.socket = again.socket;
    }

    /// Offers a connection and waits until it is there.
    pub(crate) async fn connect(&mut self) {
        self.connect_with(6, 4).await;
    }

    /// The same with so many slots for sound and for pictures.
    pub(crate) async fn connect_with(&mut self, sounds: usize, pictures: usize) {
        let offer = self.media.ask(move |media| media.offer(sounds, pictures));
        let offer = offer.await;
        self.negotiate(&offer).await;
        self.until("a connection", |_, news| {
            matches!(news, News::Media(MediaNews::Connected)).then_some(())
        })
        .await;
    }

    /// Sends an offer, and takes the answer, which it gives back.
    pub(crate) async fn negotiate(&mut self, offer: &str) -> String {
        self.serial += 1;
        let answer = self.offer(offer).await;
        let taken = self.takeable(&answer);
        self.media.ask(move |media| media.accept(&taken)).await;
        self.answer.clone_from(&answer);
        answer
    }

    /// An answer without the candidates that are not taken.
    fn takeable(&self, answer: &str) -> String {
        let Some(address) = self.takes else {
            return answer.to_owned();
        };
        let is_taken = |line: &&str| {
            let candidate = line.strip_prefix("a=candidate:");
            candidate.is_none_or(|it| it.split(' ').nth(4) == Some(address))
        };
        let lines = answer.lines().filter(is_taken);
        lines.flat_map(|line| [line, "\r\n"]).collect()
    }

    /// The SFU's address on loopback, as the last answer names it.
    pub(crate) fn target(&self) -> SocketAddr {
        let lines = self.answer.lines();
        let candidates = lines.filter_map(|line| line.strip_prefix("a=candidate:"));
        let mut fields = candidates.map(|candidate| candidate.split(' ').collect::<Vec<_>>());
        let local = fields.find(|fields| fields[4] == "127.0.0.1");
        let local = local.expect("a candidate on loopback");
        format!("{}:{}", local[4], local[5]).parse().unwrap()
    }

    /// Sends an offer under the last number, and gives back the answer.
    pub(crate) async fn offer(&mut self, offer: &str) -> String {
        let serial = self.serial;
        self.send(json!({"type": "offer", "target": "sfu", "sdp": offer, "serial": serial}))
            .await;
        let answer = self.until_message("answer", |answer| answer["serial"] == serial);
        let answer = answer.await;
        assert_eq!(answer["from"], "sfu");
        answer["sdp"].as_str().unwrap().to_owned()
    }

    /// Sends these layers of a track from now on, and no others; of sound the one without a name.
    pub(crate) async fn publish(&mut self, track: &'static str, layers: &[&str]) {
        let layers: Vec<String> = layers.iter().map(|it| (*it).to_owned()).collect();
        let send = move |media: &mut Media| media.publisher.send(track, &layers);
        self.media.ask(send).await;
    }

    /// Says whose camera is watched, and in which size; and whose sound is not wanted.
    pub(crate) async fn watch(&mut self, cameras: &[(&str, &str)], unheard: &[&str]) {
        let pictures: Vec<Value> = cameras
            .iter()
            .map(|(peer, size)| json!({"peer": peer, "camera": size}))
            .collect();
        self.watches += 1;
        let number = self.watches;
        let watch =
            json!({"type": "watch", "number": number, "pictures": pictures, "unheard": unheard});
        self.send(watch).await;
    }

    pub(crate) async fn send(&mut self, message: Value) {
        let socket = self.socket.as_mut().expect("a socket");
        socket.send(&message).await;
    }

    /// Says that the newest map of the slots has been seen.
    pub(crate) async fn see_slots(&mut self) {
        let seen = json!({"type": "slots-seen", "number": self.slots["number"]});
        self.send(seen).await;
    }

    /// The slot that carries this track of somebody, in the newest map.
    pub(crate) fn slot_of(&self, peer: &str, track: &str) -> Option<&Value> {
        let mut slots = self.slots["slots"].as_array()?.iter();
        slots.find(|slot| slot["peer"] == peer && slot["track"] == track)
    }
}
