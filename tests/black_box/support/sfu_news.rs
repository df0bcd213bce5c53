//! What happens to somebody who takes part over the SFU, and how a test waits for it.

use std::time::Duration;

use serde_json::Value;

use super::sfu_client::SfuClient;
use super::sfu_ledger::Packet;
use super::sfu_media::MediaNews;

/// Nothing that is waited for takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// What happens to somebody.
#[derive(Debug)]
pub(crate) enum News {
    /// The server says something.
    Message(Value),
    /// The server closed the socket.
    Closed,
    /// Something happens in the media.
    Media(MediaNews),
}

impl News {
    /// The message, if it is one of this type.
    pub(crate) fn message(&self, kind: &str) -> Option<&Value> {
        match self {
            Self::Message(message) => (message["type"] == kind).then_some(message),
            _ => None,
        }
    }

    /// The packet, if it is one.
    pub(crate) fn packet(&self) -> Option<&Packet> {
        match self {
            Self::Media(MediaNews::Packet(packet)) => Some(packet),
            _ => None,
        }
    }

    /// Whether a picture of this layer that can be decoded alone was asked for.
    pub(crate) fn is_key_wanted(&self, track: &str, layer: &str) -> bool {
        match self {
            Self::Media(MediaNews::KeyWanted {
                track: its,
                layer: wanted,
            }) => *its == track && wanted == layer,
            _ => false,
        }
    }
}

impl SfuClient {
    async fn next(&mut self) -> News {
        let socket = &mut self.socket;
        let receive = async {
            match socket {
                Some(socket) => socket.receive().await,
                None => std::future::pending().await,
            }
        };
        let news = tokio::select! {
            message = receive => match message {
                Ok(message) => News::Message(message),
                Err(_) => News::Closed,
            },
            news = self.media.next() => News::Media(news),
        };
        if let News::Closed = news {
            self.socket = None;
        }
        if let Some(packet) = news.packet() {
            self.ledger.enter(packet.clone());
        }
        if let Some(slots) = news.message("slots") {
            self.take_slots(slots).await;
        }
        news
    }

    async fn take_slots(&mut self, slots: &Value) {
        let number = |map: &Value| map["number"].as_u64();
        assert!(
            number(slots) >= number(&self.slots),
            "maps have rising numbers: {slots}"
        );
        for slot in slots["slots"].as_array().unwrap() {
            let words = ["mid", "peer", "track"].map(|word| slot[word].as_str().unwrap());
            let [mid, peer, track] = words;
            self.ledger.name(mid, peer, track);
        }
        self.slots = slots.clone();
        if self.sees_slots {
            self.see_slots().await;
        }
    }

    /// Lives on until something has happened, and gives back what.
    pub(crate) async fn until<T>(
        &mut self,
        what: &str,
        mut is_it: impl FnMut(&Self, &News) -> Option<T>,
    ) -> T {
        let living = async {
            loop {
                let news = self.next().await;
                if let Some(it) = is_it(self, &news) {
                    return it;
                }
            }
        };
        if let Ok(it) = tokio::time::timeout(PATIENCE, living).await {
            return it;
        }
        let packets = self.ledger.packets().count();
        let last: Vec<_> = self.ledger.packets().map(|packet| &packet.mark).collect();
        panic!(
            "{} waited in vain for {what}: {packets} packets, of them {:#?}; slots {}",
            self.name,
            last.iter().rev().take(3).collect::<Vec<_>>(),
            self.slots
        )
    }

    /// Lives on until such a message comes.
    pub(crate) async fn until_message(
        &mut self,
        kind: &str,
        is_it: impl Fn(&Value) -> bool,
    ) -> Value {
        self.until(kind, |_, news| {
            let message = news.message(kind)?;
            is_it(message).then(|| message.clone())
        })
        .await
    }

    /// Lives on until such a packet comes.
    pub(crate) async fn until_packet(
        &mut self,
        what: &str,
        is_it: impl Fn(&Packet) -> bool,
    ) -> Packet {
        self.until(what, |_, news| {
            let packet = news.packet()?;
            is_it(packet).then(|| packet.clone())
        })
        .await
    }

    /// Lives on until a layer of somebody's camera comes.
    pub(crate) async fn until_shown(&mut self, peer: &str, layer: &str) -> Packet {
        let what = format!("layer {layer}");
        self.until_packet(&what, |it| it.shows(peer) && it.mark.layer == layer)
            .await
    }

    /// Lives on until somebody is heard with what they said at that moment or later.
    pub(crate) async fn until_heard(&mut self, peer: &str, from: u64) -> Packet {
        self.until_packet("a voice", |it| it.says(peer) && it.mark.sent >= from)
            .await
    }
}
